package io.shardloom.sample;

import io.shardloom.hibernate.Shardloom;
import java.util.List;

/** One of the five systems. Its name is also that of its persistence unit. */
interface Scenario {

    /** Every scenario, in the order in which they run. */
    List<Scenario> ALL = List.of(new Geo(), new Activity(), new Temperatures(), new Sensors(), new Users());

    /** Returns the name on the command line and in persistence.xml. */
    String name();

    /** Returns in one line what it shows. */
    String shows();

    /** Fills its tables, which are empty, and shows what there is to see. */
    void run(Shardloom shop, Servers servers, Screen screen);
}
