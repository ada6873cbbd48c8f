package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.apache.kafka.common.protocol.Message;

/** A content that must be refused, with the reason and the path of what is wrong with it. */
record Refusal(Spec.Definition definition, int version, String reason, String path) {

    /** The line of a message that the reference refuses when it counts or writes its bytes. */
    ObjectNode of(JsonNode document, List<UnknownTag> tags, Message message) {
        UnknownTag.addAll(message, tags);
        return line(document, tags, () -> Reference.bytes(message, version));
    }

    /** The line of a document with a value that the reference's own type could hold, but not. */
    ObjectNode atRead(JsonNode document) {
        return line(document, List.of(), () -> Reference.fromJson(definition, document, version));
    }

    private ObjectNode line(JsonNode document, List<UnknownTag> tags, Runnable refused) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("message", definition.name()).put("kind", definition.kind());
        line.put("apiKey", definition.apiKey()).put("version", version);
        line.put("flexible", definition.isFlexible(version));
        line.put("reason", reason).put("at", path);
        line.put("refusal", exception(refused).getClass().getName());
        UnknownTag.describe(tags, line);
        line.set("json", document);
        return line;
    }

    private RuntimeException exception(Runnable refused) {
        try {
            refused.run();
        } catch (IllegalStateException | java.nio.BufferOverflowException e) {
            throw new IllegalStateException(this + " fails for another reason", e);
        } catch (RuntimeException e) {
            return e;
        }
        throw new IllegalStateException("the reference writes what it should refuse: " + this);
    }
}
