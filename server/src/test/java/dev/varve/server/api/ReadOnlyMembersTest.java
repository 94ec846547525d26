package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.server.api.ApiFixture.Reply;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Unknown members of a body are ignored, but a PATCH that names what is only shown is refused.
@SuppressWarnings("NullAway.Init")
class ReadOnlyMembersTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private LimitRig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new LimitRig(api);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /organizations/CHILD           | name metadata billingEmail
            /projects/PROJECT              | name status customerExternalId timezone primaryLanguage ownerEmail targetGender platformIosBundleId platformAndroidBundleId platformWebDomain metadata
            /projects/PROJECT/sdk-apps/APP | name bundleId androidPackage webDomain appStoreId capi requireIngestKey remoteConfig
            /webhook-endpoints/ENDPOINT    | url events description metadata scope status
            """)
    void everyMemberThatIsShownAndCannotBeChangedIsRefusedInAPatch(String path, String changeable) throws Exception {
        ObjectNode shown = (ObjectNode) rig.send("GET " + path, "").body();
        assertThat(shown.size()).isGreaterThan(6);
        Set<String> taken = Set.of(changeable.split(" "));
        List<String> readOnly = shown.propertyStream()
                .map(member -> member.getKey())
                .filter(name -> !taken.contains(name))
                .toList();

        ObjectNode body = shown.deepCopy();
        body.remove(taken);
        Reply reply = rig.send("PATCH " + path, body.put("description", "d").toString());

        assertThat(reply.status()).as(reply.raw().body()).isEqualTo(422);
        assertThat(reply.body().at("/error/details/issues").findValuesAsText("path"))
                .containsAll(readOnly)
                .doesNotContainAnyElementsOf(taken);
        assertThat(rig.send("PATCH " + path, "{\"unheardOf\": 1, \"metadata\": {}, \"name\": \"n\"}")
                        .status())
                .isEqualTo(200);
    }
}
