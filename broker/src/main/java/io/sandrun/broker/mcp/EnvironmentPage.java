package io.sandrun.broker.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The environments as a model is told of them. */
final class EnvironmentPage {
    private EnvironmentPage() {}

    static ToolAnswer of(JsonNode answer) {
        List<Map<String, Object>> facts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (JsonNode environment : answer.path("environments")) {
            Map<String, Object> fact = new LinkedHashMap<>();
            fact.put("name", environment.path("name").asText());
            fact.put("interpreter", environment.path("interpreter").asText());
            fact.put("packages", environment.path("packages"));
            facts.add(fact);
            text.append("%s (%s): %s%n"
                    .formatted(
                            environment.path("name").asText(),
                            environment.path("interpreter").asText(),
                            packages(environment)));
        }
        if (facts.isEmpty()) {
            text.append("No node has a prepared environment. Name what a program needs in packages instead.");
        }
        return ToolAnswer.of(text.toString().stripTrailing(), Map.of("environments", facts));
    }

    private static String packages(JsonNode environment) {
        List<String> named = new ArrayList<>();
        for (JsonNode each : environment.path("packages")) {
            if (named.size() < ToolLimits.PACKAGES_NAMED) {
                named.add(each.asText());
            }
        }
        int more = environment.path("packages").size() - named.size();
        return String.join(", ", named) + (more > 0 ? " and " + more + " more" : "");
    }
}
