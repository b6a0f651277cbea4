package io.shardloom.hibernate.differential;

import java.util.LinkedHashMap;
import java.util.Map;

/** A query, how it is bound, and how its answers are to be compared. */
record Question(
        String hql, Class<?> type, boolean ordered, Integer first, Integer max, Map<String, Object> parameters) {

    static Question of(Class<?> type, String hql) {
        return new Question(hql, type, isOrdered(hql), null, null, Map.of());
    }

    private static boolean isOrdered(String hql) {
        int depth = 0;
        for (int i = 0; i < hql.length(); i++) {
            depth += hql.charAt(i) == '(' ? 1 : hql.charAt(i) == ')' ? -1 : 0;
            if (depth == 0 && hql.startsWith("order by", i)) {
                return true;
            }
        }
        return false;
    }

    static Question of(String hql) {
        return of(Object[].class, hql);
    }

    Question page(int firstResult, int maxResults) {
        return new Question(hql, type, ordered, firstResult, maxResults, parameters);
    }

    /** Says that the order by is not of the whole result, or leaves it open. */
    Question anyOrder() {
        return new Question(hql, type, false, first, max, parameters);
    }

    Question with(String name, Object value) {
        var more = new LinkedHashMap<>(parameters);
        more.put(name, value);
        return new Question(hql, type, ordered, first, max, more);
    }

    @Override
    public String toString() {
        return hql
                + (first == null ? "" : " [" + first + ", " + max + "]")
                + (parameters.isEmpty() ? "" : " " + parameters);
    }
}
