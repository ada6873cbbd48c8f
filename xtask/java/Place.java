package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A field of a message and the fields that enclose it, the outermost first. */
record Place(List<Spec.Field> enclosing, Spec.Field field) {
    private static final Set<String> NEVER_NULL = Set.of("bool", "int8", "int16", "uint16",
        "int32", "uint32", "int64", "float64", "uuid");

    /** A struct of a document that holds the field: itself, its path and that of the field. */
    record Found(ObjectNode struct, String structPath, String path) {}

    static List<Place> all(Spec.Definition definition) {
        List<Place> places = new ArrayList<>();
        collect(definition.fields(), List.of(), places);
        return places;
    }

    private static void collect(List<Spec.Field> fields, List<Spec.Field> enclosing,
            List<Place> places) {
        for (Spec.Field field : fields) {
            places.add(new Place(enclosing, field));
            List<Spec.Field> inner = new ArrayList<>(enclosing);
            inner.add(field);
            collect(field.fields(), List.copyOf(inner), places);
        }
    }

    boolean isEnclosedIn(int version) {
        return enclosing.stream().allMatch(outer -> outer.versions().contains(version));
    }

    /** The version closest to `version` that has the field; -1 if none of the message has. */
    int nearest(Spec.Definition definition, int version) {
        int nearest = -1;
        for (int v = definition.valid().low(); v <= definition.valid().high(); v++) {
            boolean isHere = isEnclosedIn(v) && field.versions().contains(v);
            if (isHere && (nearest < 0 || Math.abs(v - version) < Math.abs(nearest - version))) {
                nearest = v;
            }
        }
        return nearest;
    }

    /** Whether the reference's type for the field has a null. */
    boolean canHoldNull() {
        return !NEVER_NULL.contains(field.type());
    }

    String path() {
        StringBuilder path = new StringBuilder();
        enclosing.forEach(outer -> path.append(outer.name()).append('.'));
        return path.append(field.name()).toString();
    }

    /** Finds one of the structs that can hold the field, by chance where there are several. */
    Found find(ObjectNode document, Random random) {
        JsonNode node = document;
        StringBuilder path = new StringBuilder();
        for (Spec.Field outer : enclosing) {
            path.append(path.isEmpty() ? "" : ".").append(outer.name());
            node = node.get(outer.name());
            if (outer.isArray()) {
                int index = random.nextInt(node.size());
                path.append('[').append(index).append(']');
                node = node.get(index);
            }
        }
        String structPath = path.toString();
        String own = structPath.isEmpty() ? field.name() : structPath + "." + field.name();
        return new Found((ObjectNode) node, structPath, own);
    }
}
