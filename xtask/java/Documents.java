package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.BiConsumer;

/** Walks over documents with their specs beside them. */
final class Documents {
    private Documents() {}

    /** Calls back for every struct: its path like `topics[0].partitions[2]` and its spec. */
    static void eachStruct(List<Spec.Field> fields, JsonNode node, String path,
            BiConsumer<String, List<Spec.Field>> visit) {
        visit.accept(path, fields);
        for (Spec.Field field : fields) {
            JsonNode value = node.get(field.name());
            if (value == null || value.isNull() || !field.hasStructs()) {
                continue;
            }
            String at = path.isEmpty() ? field.name() : path + "." + field.name();
            if (field.isArray()) {
                for (int i = 0; i < value.size(); i++) {
                    eachStruct(field.fields(), value.get(i), at + "[" + i + "]", visit);
                }
            } else {
                eachStruct(field.fields(), value, at, visit);
            }
        }
    }

    /** Calls back for every field that is there: its path of names, its spec and its value. */
    static void eachField(List<Spec.Field> fields, JsonNode node, String path, Visitor visitor) {
        for (Spec.Field field : fields) {
            JsonNode value = node.get(field.name());
            if (value == null) {
                continue;
            }
            String at = path.isEmpty() ? field.name() : path + "." + field.name();
            visitor.visit(at, field, value);
            if (!field.hasStructs() || value.isNull()) {
                continue;
            }
            if (field.isArray()) {
                value.forEach(element -> eachField(field.fields(), element, at, visitor));
            } else {
                eachField(field.fields(), value, at, visitor);
            }
        }
    }

    /** What {@link #eachField} calls. */
    interface Visitor {
        void visit(String path, Spec.Field field, JsonNode value);
    }

    /** Puts the source's records into the target: the converters show all records as empty. */
    static void restoreRecords(List<Spec.Field> fields, JsonNode source, JsonNode target) {
        for (Spec.Field field : fields) {
            JsonNode from = source.get(field.name());
            if (from == null || from.isNull()) {
                continue;
            }
            if (field.type().equals("records")) {
                ((ObjectNode) target).set(field.name(), from);
            } else if (field.hasStructs() && field.isArray()) {
                for (int i = 0; i < from.size(); i++) {
                    restoreRecords(field.fields(), from.get(i), target.get(field.name()).get(i));
                }
            } else if (field.hasStructs() && target.has(field.name())) {
                restoreRecords(field.fields(), from, target.get(field.name()));
            }
        }
    }

    /** Whether a number without a JSON form occurs: it is written as a JSON string instead. */
    static boolean hasNonFinite(JsonNode node) {
        if (node.isDouble()) {
            return !Double.isFinite(node.doubleValue());
        }
        for (JsonNode inner : node) {
            if (hasNonFinite(inner)) {
                return true;
            }
        }
        return false;
    }
}
