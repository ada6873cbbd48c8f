package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Counts what the lines show against what the specs declare. */
final class Coverage {
    /** What a line shows of something declared. */
    enum Aspect {
        PAIR("pairs of message and version"),
        PRESENT("fields present, per version"),
        TAGGED("tagged fields set, per version"),
        NOT_EMPTY("arrays not empty, per version"),
        NOT_NULL("nullable fields not null, per version"),
        NULL("nullable fields null, per message"),
        EMPTY("arrays empty, per message");

        private final String title;

        Aspect(String title) {
            this.title = title;
        }
    }

    /** Something that a line should show: a field by its path of names, in a version. */
    record Missing(String path, int version) {}

    private final Map<Aspect, Set<String>> declared = new EnumMap<>(Aspect.class);
    private final Map<Aspect, Set<String>> shown = new EnumMap<>(Aspect.class);
    /** The first version in which something that is asked for once per message is possible. */
    private final Map<String, Integer> firstVersion = new HashMap<>();

    Coverage() {
        for (Aspect aspect : Aspect.values()) {
            declared.put(aspect, new HashSet<>());
            shown.put(aspect, new HashSet<>());
        }
    }

    void declare(Spec.Definition definition) {
        for (int v = definition.valid().low(); v <= definition.valid().high(); v++) {
            declared.get(Aspect.PAIR).add(definition.name() + " " + v);
            declareFields(definition, v, definition.fields(), "");
        }
    }

    private void declareFields(Spec.Definition definition, int version, List<Spec.Field> fields,
            String path) {
        for (Spec.Field field : fields) {
            if (!field.versions().contains(version)) {
                continue;
            }
            String at = path.isEmpty() ? field.name() : path + "." + field.name();
            String inVersion = definition.name() + " " + version + " " + at;
            String inMessage = definition.name() + " " + at;
            boolean isTagged = field.isTaggedIn(version);
            declared.get(Aspect.PRESENT).add(inVersion);
            if (isTagged) {
                declared.get(Aspect.TAGGED).add(inVersion);
            }
            JsonNode unset = field.defaultValue(version);
            if (field.isArray()) {
                declared.get(Aspect.NOT_EMPTY).add(inVersion);
                // A tagged array that is empty by default is left out when it is empty.
                if (!isTagged || unset.isNull()) {
                    declareOnce(Aspect.EMPTY, inMessage, version);
                }
            }
            if (field.nullable().contains(version)) {
                declared.get(Aspect.NOT_NULL).add(inVersion);
                if (!isTagged || !unset.isNull()) {
                    declareOnce(Aspect.NULL, inMessage, version);
                }
            }
            declareFields(definition, version, field.fields(), at);
        }
    }

    private void declareOnce(Aspect aspect, String entry, int version) {
        declared.get(aspect).add(entry);
        firstVersion.putIfAbsent(aspect + " " + entry, version);
    }

    void show(Spec.Definition definition, int version, JsonNode json) {
        shown.get(Aspect.PAIR).add(definition.name() + " " + version);
        Documents.eachField(definition.fields(), json, "", (path, field, value) -> {
            String inVersion = definition.name() + " " + version + " " + path;
            String inMessage = definition.name() + " " + path;
            shown.get(Aspect.PRESENT).add(inVersion);
            if (field.isTaggedIn(version)) {
                shown.get(Aspect.TAGGED).add(inVersion);
            }
            if (value.isNull()) {
                shown.get(Aspect.NULL).add(inMessage);
                return;
            }
            shown.get(Aspect.NOT_NULL).add(inVersion);
            if (field.isArray()) {
                if (value.isEmpty()) {
                    shown.get(Aspect.EMPTY).add(inMessage);
                } else {
                    shown.get(Aspect.NOT_EMPTY).add(inVersion);
                }
            }
        });
    }

    /** The fields of a message for which no line shows `NULL` or `EMPTY`. */
    List<Missing> missing(Spec.Definition definition, Aspect aspect) {
        TreeSet<String> missing = new TreeSet<>(declared.get(aspect));
        missing.removeAll(shown.get(aspect));
        String prefix = definition.name() + " ";
        return missing.stream().filter(entry -> entry.startsWith(prefix))
                .map(entry -> new Missing(entry.substring(prefix.length()),
                        firstVersion.get(aspect + " " + entry)))
                .toList();
    }

    /** A line for each aspect; only what was declared counts as shown. */
    String report() {
        StringBuilder report = new StringBuilder();
        for (Aspect aspect : Aspect.values()) {
            Set<String> both = new HashSet<>(declared.get(aspect));
            both.retainAll(shown.get(aspect));
            report.append(String.format("  %-40s %5d / %d%n", aspect.title, both.size(),
                    declared.get(aspect).size()));
        }
        return report.toString();
    }
}
