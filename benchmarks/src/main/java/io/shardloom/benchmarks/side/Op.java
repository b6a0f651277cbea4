package io.shardloom.benchmarks.side;

/** What is measured; one call is one operation. */
public enum Op {
    /** Counts all orders. */
    COUNT("count(*)", Kind.FAN_OUT, "select count(*) from Order o"),
    /** Adds up all orders' totals. */
    SUM("sum", Kind.FAN_OUT, "select sum(o.total) from Order o"),
    /** Their mean. */
    AVG("avg", Kind.FAN_OUT, "select avg(o.total) from Order o"),
    /** Eight groups. */
    GROUP_8(
            "group by, 8 groups",
            Kind.FAN_OUT,
            "select o.status, count(*), sum(o.total) from Order o group by o.status"),
    /** A group for each customer. */
    GROUP_ALL(
            "group by customer, 20,000 groups",
            Kind.FAN_OUT,
            "select o.customerId, count(*), sum(o.total) from Order o group by o.customerId"),
    /** The newest orders. */
    TOP_20("order by, limit 20", Kind.FAN_OUT, Op.NEWEST),
    /** A page further on. */
    PAGE_1000("order by, 20 rows at offset 1,000", Kind.FAN_OUT, Op.NEWEST),
    /** One row by its whole id, in a transaction of its own. */
    FIND("find by id", Kind.READ, ""),
    /** All orders of a customer. */
    QUERY("query, 10 rows of a key", Kind.READ, ""),
    /** One row by its whole id in a read-only transaction on a replica. */
    FIND_ON_REPLICA("read-only find on a replica", Kind.READ, ""),
    /** One row by the part of its id that is not the key. */
    FIND_BY_UUID("find by the UUID alone", Kind.READ, "from Order o where o.id = :id"),
    /** Find and change. */
    UPDATE("update by id", Kind.WRITE, ""),
    /** One new row. */
    INSERT("insert", Kind.WRITE, ""),
    /** A hundred new rows of one key. */
    BATCH("insert 100 rows of one key", Kind.WRITE, ""),
    /** A hundred new rows, each of another key. */
    BATCH_OF_KEYS("insert 100 rows of 100 keys", Kind.WRITE, "");

    /** In which part of the run an operation is measured; writes come last, so that all sides read the same rows. */
    public enum Kind {
        /** Over all nodes. */
        FAN_OUT,
        /** One key, nothing changes. */
        READ,
        /** Rows are written. */
        WRITE
    }

    private static final String NEWEST =
            "select o.customerId, o.id, o.total, o.created from Order o order by o.created desc, o.id desc";

    private final String label;
    private final Kind kind;
    private final String hql;

    Op(String label, Kind kind, String hql) {
        this.label = label;
        this.kind = kind;
        this.hql = hql;
    }

    /**
     * Returns the operation's name in the report.
     *
     * @return a few words
     */
    public String label() {
        return label;
    }

    /**
     * Returns in which part of the run it is measured.
     *
     * @return its kind
     */
    public Kind kind() {
        return kind;
    }

    String hql() {
        return hql;
    }

    /** Returns a page in SQL: first the limit, then the offset. */
    String sql() {
        return "select customer_id, id, total, created from orders order by created desc, id desc limit ? offset ?";
    }

    /** Returns what each row of an answer is. */
    Class<?> row() {
        return hql.indexOf(',') < 0 ? Object.class : Object[].class;
    }

    int firstResult() {
        return this == PAGE_1000 ? 1000 : 0;
    }

    /** Returns how many rows at most, 0 for all. */
    int maxResults() {
        return this == TOP_20 || this == PAGE_1000 ? 20 : 0;
    }
}
