package io.shardloom.hibernate.internal.fanout;

import io.shardloom.topology.Node;
import java.util.List;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;

/**
 * How a query over all nodes is answered.
 *
 * @param nodeStatement what each node is asked
 * @param result what each row is made into
 * @param nodes the nodes that can hold rows of it
 * @param <R> what each row is
 */
record QueryPlan<R>(SqmSelectStatement<R> nodeStatement, Class<R> result, List<Node> nodes) {}
