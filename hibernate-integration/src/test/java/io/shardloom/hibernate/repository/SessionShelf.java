package io.shardloom.hibernate.repository;

import jakarta.persistence.TypedQuery;
import java.util.List;
import org.hibernate.Session;
import org.hibernate.annotations.processing.Find;
import org.hibernate.annotations.processing.HQL;
import org.hibernate.annotations.processing.Pattern;
import org.hibernate.annotations.processing.SQL;

/** Queries of a Session. */
interface SessionShelf extends Shelf {
    Session session();

    @Override
    @HQL("where pages > :pages order by title")
    List<Book> thickerThan(int pages);

    @Override
    @HQL("select count(*) from Book")
    long count();

    @Override
    @HQL("update Book set pages = pages + :more")
    int thicken(int more);

    @Override
    @HQL("delete from Book where title = :title")
    int throwAway(String title);

    @Override
    @Find
    List<Book> byTitle(String title);

    @Override
    @Find
    List<Book> titled(@Pattern String title);

    @Override
    @Find
    Book byIsbn(String isbn);

    @Override
    @SQL("select title from book order by title")
    TypedQuery<String> titles();
}
