package io.shardloom.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void putsNumbersToTheRightAndTextToTheLeft() {
        var table = Table.of("Years", List.of("year", "days"), List.of(List.of("y2012", 366), List.of("y", 1)));

        assertThat(table.lines(80))
                .containsExactly("Years", "year   days", "-----  ----", "y2012   366", "y         1");
    }

    @Test
    void breaksTheWidestCellsUntilTheTableFits() {
        var table = Table.of("T", List.of("a", "b"), List.of(List.of("one two three", "aaaaaaaaaaaa")));

        assertThat(table.lines(15))
                .containsExactly("T", "a       b", "------  -------", "one     aaaaaaa", "two     aaaaa", "three");
    }

    @Test
    void saysWhenThereIsNoRow() {
        assertThat(Table.of("T", List.of("a"), List.of()).lines(80)).containsExactly("T", "a", "-", "(none)");
    }

    @Test
    void breaksTextBetweenWordsAndLongWordsAnywhere() {
        assertThat(Text.wrap("a b cc", 4)).containsExactly("a b", "cc");
        assertThat(Text.wrap("abcdefghij", 4)).containsExactly("abcd", "efgh", "ij");
        assertThat(Text.wrap("  abcdefghij", 6)).containsExactly("  abcd", "efghij");
        assertThat(Text.wrap("", 4)).containsExactly("");
    }
}
