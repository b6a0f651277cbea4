package io.shardloom.readme.spring;

import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

@Repository
class Bookings {
    @PersistenceContext
    EntityManager em;

    @Transactional
    public void book(String room) {
        em.persist(new Booking(room)); // on the primary of the guest's node
    }

    @Transactional(readOnly = true)
    public List<Booking> all() { // from a replica of it
        return em.createQuery("from Booking", Booking.class).getResultList();
    }
}
