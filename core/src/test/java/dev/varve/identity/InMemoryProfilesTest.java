package dev.varve.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;

class InMemoryProfilesTest extends ProfilesContract {
    private final InMemoryProfiles profiles = new InMemoryProfiles();

    @Override
    protected Profiles profiles() {
        return profiles;
    }

    @Override
    protected ObjectNode properties(Profiles.Subject user) {
        return profiles.properties(user);
    }
}
