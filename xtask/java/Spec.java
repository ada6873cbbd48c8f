package vectors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import org.apache.kafka.common.protocol.Message;

/** The message definitions that the reference's jar carries, as far as contents depend on them. */
final class Spec {
    private static final String FOLDER = "common/message/";

    private Spec() {}

    /** A closed range of versions; empty if `low` is above `high`. */
    record Range(int low, int high) {
        static final Range NONE = new Range(0, -1);

        static Range parse(String text) {
            String trimmed = text.trim();
            if (trimmed.isEmpty() || trimmed.equals("none")) {
                return NONE;
            }
            if (trimmed.endsWith("+")) {
                int low = Integer.parseInt(trimmed.substring(0, trimmed.length() - 1));
                return new Range(low, Short.MAX_VALUE);
            }
            String[] ends = trimmed.split("-");
            return new Range(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
        }

        boolean contains(int version) {
            return low <= version && version <= high;
        }
    }

    /** One field. `name` is the JSON name; `fields` is filled for structs and arrays of structs. */
    record Field(String name, String type, Range versions, Range nullable, Range tagged, int tag,
            String defaultText, boolean ignorable, boolean mapKey, List<Field> fields) {

        boolean isArray() {
            return type.startsWith("[]");
        }

        String elementType() {
            return isArray() ? type.substring(2) : type;
        }

        /** Whether the field, or its elements if it is an array, are structs. */
        boolean hasStructs() {
            return !fields.isEmpty();
        }

        boolean isTaggedIn(int version) {
            return tagged.contains(version);
        }

        /** What a field holds if nobody sets it, written like a document's values. */
        JsonNode defaultValue(int version) {
            return Defaults.of(this, version);
        }
    }

    /** One message: `kind` is request, response, header or data; `apiKey` may be null. */
    record Definition(String name, String kind, Integer apiKey, Range valid, Range flexible,
            List<Field> fields) {

        /** The simple name of the reference's class. */
        String className() {
            return kind.equals("data") ? name : name + "Data";
        }

        boolean isFlexible(int version) {
            return flexible.contains(version);
        }
    }

    /** All messages with a valid version, by name. */
    static List<Definition> readAll() throws IOException {
        ObjectMapper mapper = new ObjectMapper().enable(JsonParser.Feature.ALLOW_COMMENTS);
        Map<String, Definition> definitions = new TreeMap<>();
        for (String name : resources()) {
            try (InputStream in = Message.class.getClassLoader().getResourceAsStream(name)) {
                JsonNode spec = mapper.readTree(in);
                if (!spec.get("validVersions").asText().equals("none")) {
                    definitions.put(spec.get("name").asText(), definition(spec));
                }
            }
        }
        return List.copyOf(definitions.values());
    }

    /** Class loaders do not list folders: the jar that holds a class of the reference does. */
    private static List<String> resources() throws IOException {
        String file = Message.class.getName().replace('.', '/') + ".class";
        URL url = Message.class.getClassLoader().getResource(file);
        JarURLConnection connection = (JarURLConnection) url.openConnection();
        return connection.getJarFile().stream().map(JarEntry::getName)
                .filter(name -> name.startsWith(FOLDER) && name.endsWith(".json")).sorted()
                .toList();
    }

    private static Definition definition(JsonNode spec) {
        Map<String, JsonNode> common = new HashMap<>();
        for (JsonNode struct : spec.path("commonStructs")) {
            common.put(struct.get("name").asText(), struct.get("fields"));
        }
        Integer apiKey = spec.has("apiKey") ? Integer.valueOf(spec.get("apiKey").asInt()) : null;
        return new Definition(spec.get("name").asText(), spec.get("type").asText(), apiKey,
                range(spec, "validVersions"), range(spec, "flexibleVersions"),
                fields(spec.get("fields"), common));
    }

    private static List<Field> fields(JsonNode specs, Map<String, JsonNode> common) {
        List<Field> fields = new ArrayList<>();
        for (JsonNode spec : specs) {
            fields.add(field(spec, common));
        }
        return List.copyOf(fields);
    }

    private static Field field(JsonNode spec, Map<String, JsonNode> common) {
        String name = spec.get("name").asText();
        String type = spec.get("type").asText().trim();
        JsonNode inner = spec.has("fields") ? spec.get("fields")
                : common.get(type.startsWith("[]") ? type.substring(2) : type);
        List<Field> fields = inner == null ? List.of() : fields(inner, common);
        Range tagged = range(spec, "taggedVersions");
        Range versions = spec.has("versions") ? range(spec, "versions") : tagged;
        return new Field(name.substring(0, 1).toLowerCase() + name.substring(1), type, versions,
                range(spec, "nullableVersions"), tagged, spec.path("tag").asInt(-1),
                spec.path("default").asText(""), spec.path("ignorable").asBoolean(false),
                spec.path("mapKey").asBoolean(false), fields);
    }

    private static Range range(JsonNode spec, String key) {
        return Range.parse(spec.path(key).asText(""));
    }
}
