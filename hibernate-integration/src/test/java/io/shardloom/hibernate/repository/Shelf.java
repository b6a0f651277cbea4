package io.shardloom.hibernate.repository;

import jakarta.persistence.Query;
import java.util.List;

/** What each repository offers, so that one test takes them all. */
interface Shelf {
    List<Book> thickerThan(int pages);

    long count();

    int thicken(int more);

    int throwAway(String title);

    List<Book> byTitle(String title);

    List<Book> titled(String title);

    Book byIsbn(String isbn);

    /** By native SQL. */
    Query titles();
}
