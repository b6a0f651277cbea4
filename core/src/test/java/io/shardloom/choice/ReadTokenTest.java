package io.shardloom.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ReadTokenTest {

    @Test
    void isTextAndBack() {
        ReadToken token = new ReadToken("n1", 3, 0x1A_0B00_0028L);

        assertThat(token).hasToString("n1:3:1A/B000028");
        assertThat(ReadToken.parse(token.toString())).isEqualTo(token);
        assertThat(ReadToken.parse("n1:1:FFFFFFFF/FFFFFFFF").lsn()).isEqualTo(-1);
    }

    @Test
    void refusesOtherText() {
        assertThatThrownBy(() -> ReadToken.parse("n1:1:0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Not a token of a read: 'n1:1:0'. Give the text that a token gave, such as n1:1:0/16B3748.");
    }
}
