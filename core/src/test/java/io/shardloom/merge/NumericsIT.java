package io.shardloom.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** PostgreSQL itself says what numeric arithmetic gives. */
@WithCluster
class NumericsIT {

    @Test
    void dividesAndTakesRemaindersAsPostgresDoes(EmbeddedCluster cluster) throws SQLException {
        long seed = Long.getLong("random.seed", 1);
        var random = new Random(seed);
        try (var connection = cluster.nodes().get(0).primary().connect();
                var statement =
                        connection.prepareStatement("select ?::numeric / ?::numeric, ?::numeric % ?::numeric")) {
            for (int i = 0; i < 1000; i++) {
                var a = number(random);
                var b = number(random);
                if (b.signum() != 0) {
                    statement.setBigDecimal(1, a);
                    statement.setBigDecimal(2, b);
                    statement.setBigDecimal(3, a);
                    statement.setBigDecimal(4, b);
                    try (var rows = statement.executeQuery()) {
                        rows.next();
                        assertThat(Numerics.divide(a, b))
                                .as(a + " / " + b + ", seed " + seed)
                                .isEqualTo(rows.getBigDecimal(1));
                        assertThat(Numerics.remainder(a, b))
                                .as(a + " % " + b + ", seed " + seed)
                                .isEqualTo(rows.getBigDecimal(2));
                    }
                }
            }
        }
    }

    @Test
    void computesDeviationsAsPostgresDoes(EmbeddedCluster cluster) throws SQLException {
        long seed = Long.getLong("random.seed", 1);
        var random = new Random(seed);
        try (var connection = cluster.nodes().get(0).primary().connect()) {
            for (int i = 0; i < 200; i++) {
                var numbers = new ArrayList<BigDecimal>();
                for (int n = random.nextInt(6); n >= 0; n--) {
                    numbers.add(number(random));
                }
                assertThat(deviations(numbers))
                        .as(numbers + ", seed " + seed)
                        .isEqualTo(deviations(connection, numbers));
            }
        }
    }

    private static List<BigDecimal> deviations(List<BigDecimal> numbers) {
        var sum = numbers.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        var squares = numbers.stream().map(n -> n.multiply(n)).reduce(BigDecimal.ZERO, BigDecimal::add);
        var deviations = new ArrayList<BigDecimal>();
        for (boolean sample : new boolean[] {true, false}) {
            for (boolean root : new boolean[] {true, false}) {
                deviations.add(Numerics.deviation(numbers.size(), sum, squares, sample, root));
            }
        }
        return deviations;
    }

    private static List<BigDecimal> deviations(Connection connection, List<BigDecimal> numbers) throws SQLException {
        try (var statement = connection.prepareStatement(
                "select stddev_samp(n), var_samp(n), stddev_pop(n), var_pop(n) from" + " unnest(?::numeric[]) n")) {
            statement.setArray(1, connection.createArrayOf("numeric", numbers.toArray()));
            try (var rows = statement.executeQuery()) {
                rows.next();
                return java.util.Arrays.asList(
                        rows.getBigDecimal(1), rows.getBigDecimal(2), rows.getBigDecimal(3), rows.getBigDecimal(4));
            }
        }
    }

    private static BigDecimal number(Random random) {
        var unscaled = new BigInteger(random.nextInt(90), random);
        return new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), random.nextInt(20));
    }
}
