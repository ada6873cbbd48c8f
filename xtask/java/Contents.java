package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Random documents for one version of a message, in the form that the JSON converters read. */
final class Contents {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int[] LONG_ARRAYS = {126, 127, 128, 129, 200};
    /** How often a value is drawn anew when it may not be the default or an earlier key. */
    private static final int ATTEMPTS = 50;

    private final Random random;
    private final Profile profile;
    private final Values values;
    private final int version;
    /** The field that must be null, or empty if it is an array; there may be none. */
    private String forced = "";
    private boolean forcedIsNull;
    private boolean everyField;

    Contents(Random random, Profile profile, int version) {
        this.random = random;
        this.profile = profile;
        this.values = new Values(random, profile);
        this.version = version;
    }

    /** Makes the field with this path of names, without indexes, null everywhere. */
    Contents withNull(String path) {
        forced = path;
        forcedIsNull = true;
        return this;
    }

    /** Makes the array with this path of names, without indexes, empty everywhere. */
    Contents withEmpty(String path) {
        forced = path;
        return this;
    }

    /** Gives structs the fields of all versions: they stand where their version has no struct. */
    Contents withEveryField() {
        everyField = true;
        return this;
    }

    ObjectNode document(Spec.Definition definition) {
        return struct(definition.fields(), "", 0);
    }

    /** A value that differs from the field's default; null if none was found. */
    JsonNode nonDefault(Spec.Field field) {
        return nonDefault(field, field.name(), 0);
    }

    private JsonNode nonDefault(Spec.Field field, String path, int depth) {
        JsonNode unset = field.defaultValue(version);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            JsonNode value = value(field, path, depth);
            if (!value.equals(unset)) {
                return value;
            }
        }
        return null;
    }

    private ObjectNode struct(List<Spec.Field> fields, String path, int depth) {
        ObjectNode node = JSON.objectNode();
        for (Spec.Field field : fields) {
            if (!everyField && !field.versions().contains(version)) {
                continue;
            }
            String at = path.isEmpty() ? field.name() : path + "." + field.name();
            JsonNode value = field.isTaggedIn(version) ? tagged(field, at, depth)
                    : value(field, at, depth);
            if (value != null) {
                node.set(field.name(), value);
            }
        }
        return node;
    }

    /** A tagged field with its default is neither written nor shown: it is left out or differs. */
    private JsonNode tagged(Spec.Field field, String path, int depth) {
        boolean isOnTheWay = forced.equals(path) || forced.startsWith(path + ".");
        if (!isOnTheWay && random.nextDouble() >= profile.tags()) {
            return null;
        }
        return nonDefault(field, path, depth);
    }

    private JsonNode value(Spec.Field field, String path, int depth) {
        if (path.equals(forced)) {
            return forcedIsNull ? JSON.nullNode() : JSON.arrayNode();
        }
        boolean isOnTheWay = forced.startsWith(path + ".");
        if (field.nullable().contains(version) && !isOnTheWay
                && random.nextDouble() < profile.nulls()) {
            return JSON.nullNode();
        }
        if (field.isArray()) {
            return array(field, path, depth);
        }
        return field.hasStructs() ? struct(field.fields(), path, depth + 1)
                : values.of(field.type());
    }

    private ArrayNode array(Spec.Field field, String path, int depth) {
        if (!forced.startsWith(path + ".") && random.nextDouble() < profile.empties()) {
            return JSON.arrayNode();
        }
        if (isCheap(field) && depth < 2 && random.nextDouble() < profile.longArrays()) {
            return longArray(field);
        }
        int most = Math.max(1, profile.elements() - depth / 2);
        int count = 1 + random.nextInt(most);
        ArrayNode array = JSON.arrayNode();
        Set<List<JsonNode>> keys = new HashSet<>();
        for (int attempt = 0; array.size() < count && attempt < ATTEMPTS; attempt++) {
            JsonNode element = field.hasStructs() ? struct(field.fields(), path, depth + 1)
                    : values.of(field.elementType());
            if (isNewKey(field, element, keys)) {
                array.add(element);
            }
        }
        return array;
    }

    /** Elements of map-like arrays are told apart by their key, so no key may come twice. */
    private boolean isNewKey(Spec.Field field, JsonNode element, Set<List<JsonNode>> keys) {
        List<JsonNode> key = new ArrayList<>();
        for (Spec.Field inner : field.fields()) {
            if (inner.mapKey() && inner.versions().contains(version)) {
                key.add(element.get(inner.name()));
            }
        }
        return key.isEmpty() || keys.add(key);
    }

    /** Whether many elements stay a few kilobytes: scalars, or structs of a few scalars. */
    private boolean isCheap(Spec.Field field) {
        List<Spec.Field> present =
                field.fields().stream().filter(f -> f.versions().contains(version)).toList();
        return present.size() <= 5
                && present.stream().noneMatch(f -> f.isArray() || f.hasStructs());
    }

    private ArrayNode longArray(Spec.Field field) {
        ArrayNode array = JSON.arrayNode();
        int count = LONG_ARRAYS[random.nextInt(LONG_ARRAYS.length)];
        for (int i = 0; i < count; i++) {
            array.add(field.hasStructs() ? smallStruct(field.fields(), i)
                    : values.small(field.elementType(), i));
        }
        return array;
    }

    private ObjectNode smallStruct(List<Spec.Field> fields, int index) {
        ObjectNode node = JSON.objectNode();
        for (Spec.Field field : fields) {
            if (field.versions().contains(version) && !field.isTaggedIn(version)) {
                node.set(field.name(), values.small(field.type(), index));
            }
        }
        return node;
    }
}
