package io.shardloom.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterConfigTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "a b", "n1-1", "a/b", "-", "a'", "ä"})
    void refusesNamesThatCannotNameADirectoryAndASlot(String name) {
        assertThatThrownBy(() -> EmbeddedCluster.builder().node(name, 0).start())
                .hasMessageContaining("'" + name + "' cannot be the name of a node or server: it takes");
    }

    @Test
    void refusesAnEmptyCluster() {
        assertThatThrownBy(() -> EmbeddedCluster.builder().start()).hasMessageContaining("The cluster has no server.");
    }

    @Test
    void refusesTheSameNameTwice() {
        assertThatThrownBy(() ->
                        EmbeddedCluster.builder().node("n1", 0).server("N1").start())
                .hasMessage("Two nodes or servers are called 'N1'.");
        assertThatThrownBy(() -> EmbeddedCluster.builder().node("n1", 0).node("n1", 0))
                .hasMessage("Two nodes are called 'n1'.");
    }

    @Test
    void refusesTheSuperuserAsTheApplicationsUser() {
        assertThatThrownBy(() ->
                        EmbeddedCluster.builder().nodes(1, 0).user("postgres").start())
                .hasMessageContaining("cannot be called 'postgres'");
    }

    @Test
    void refusesNumbersOfReplicasThatMakeNoSense() {
        assertThatThrownBy(() -> EmbeddedCluster.builder().node("n1", -1).start())
                .hasMessage("Node 'n1' cannot have -1 replicas (0 to 12).");
    }
}
