package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The values that fields hold if nobody sets them, written as in a document. */
final class Defaults {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Defaults() {}

    static JsonNode of(Spec.Field field, int version) {
        String text = field.defaultText();
        if (text.equals("null")) {
            return JSON.nullNode();
        }
        if (field.isArray()) {
            return JSON.arrayNode();
        }
        return switch (field.type()) {
            case "bool" -> JSON.booleanNode(Boolean.parseBoolean(text));
            case "int8", "int16", "uint16", "int32", "uint32", "int64" ->
                JSON.numberNode(text.isEmpty() ? 0L : Long.decode(text));
            case "float64" -> JSON.numberNode(text.isEmpty() ? 0.0 : Double.parseDouble(text));
            case "uuid" -> JSON.textNode(text.isEmpty() ? "AAAAAAAAAAAAAAAAAAAAAA" : text);
            case "string", "bytes" -> JSON.textNode(text);
            // The reference leaves records null even where null cannot be written.
            case "records" -> JSON.nullNode();
            default -> struct(field, version);
        };
    }

    /** Tagged fields at their default do not appear in a document. */
    private static ObjectNode struct(Spec.Field field, int version) {
        ObjectNode node = JSON.objectNode();
        for (Spec.Field inner : field.fields()) {
            if (inner.versions().contains(version) && !inner.isTaggedIn(version)) {
                node.set(inner.name(), of(inner, version));
            }
        }
        return node;
    }
}
