package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PayloadMaskTest {
    private static String mask(String payload) {
        return String.valueOf(PayloadMask.mask(payload.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whatNamesAPersonInTheClearIsMaskedAtAnyDepthAndHashesStay() {
        assertThat(mask("""
                        {"event_name":"Purchase","user_data":{"em":["0a"],"client_ip_address":"192.0.2.1",
                        "client_user_agent":"UA","fbc":"fb.1.2.c","fbp":"fb.1.2.p","madid":"M","external_id":["0b"],
                        "lead_id":7,"anon_id":["x"]},"value":1.50}"""))
                .isEqualTo(
                        "{\"event_name\":\"Purchase\",\"user_data\":{\"em\":[\"0a\"],"
                                + "\"client_ip_address\":\"[masked]\",\"client_user_agent\":\"[masked]\","
                                + "\"fbc\":\"[masked]\",\"fbp\":\"[masked]\",\"madid\":\"[masked]\","
                                + "\"external_id\":[\"0b\"],\"lead_id\":\"[masked]\",\"anon_id\":\"[masked]\"},\"value\":1.50}");
    }

    @Test
    void tiktoksClickIdIsMaskedWhereverItStands() {
        assertThat(mask("{\"context\":[{\"ad\":{\"callback\":\"c\"},\"user\":{\"ttclid\":\"c\",\"ip\":\"i\"}}]}"))
                .isEqualTo("{\"context\":[{\"ad\":{\"callback\":\"[masked]\"},"
                        + "\"user\":{\"ttclid\":\"[masked]\",\"ip\":\"[masked]\"}}]}");
    }

    @Test
    void whatIsNoJsonIsNotKept() {
        assertThat(PayloadMask.mask("e-1".getBytes(StandardCharsets.UTF_8))).isNull();
        assertThat(PayloadMask.mask(new byte[0])).isNull();
        assertThat(PayloadMask.mask("{} {}".getBytes(StandardCharsets.UTF_8))).isNull();
        assertThat(PayloadMask.mask(HexFormat.of().parseHex("0000fffe"))).isNull();
        assertThat(PayloadMask.mask(HexFormat.of().parseHex("0000007b00110000")))
                .isNull();
    }

    @Property
    void noBytesMakeItFail(@ForAll byte[] bytes) {
        String masked = PayloadMask.mask(bytes);
        assertThat(masked == null || !masked.isEmpty()).isTrue();
    }
}
