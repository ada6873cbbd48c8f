package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.ApplicationRecoverableException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidMetadataException;
import org.apache.kafka.common.errors.RefreshRetriableException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.Errors;

/** Writes tables that the reference keeps in code, one entry a line so that changes show. */
final class Tables {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    /** The classes by which the reference's clients decide what an error means for them. */
    private static final Map<String, Class<?>> CLASSES = new LinkedHashMap<>();

    static {
        CLASSES.put("retriable", RetriableException.class);
        CLASSES.put("refreshRetriable", RefreshRetriableException.class);
        CLASSES.put("invalidMetadata", InvalidMetadataException.class);
        CLASSES.put("authentication", AuthenticationException.class);
        CLASSES.put("authorization", AuthorizationException.class);
        CLASSES.put("transactionAbortable", TransactionAbortableException.class);
        CLASSES.put("applicationRecoverable", ApplicationRecoverableException.class);
        CLASSES.put("invalidConfiguration", InvalidConfigurationException.class);
    }

    private Tables() {}

    static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("error-codes.json"), lines(errors()) + "\n");
        Files.writeString(folder.resolve("header-versions.json"), headerVersions());
    }

    private static ArrayNode errors() {
        ArrayNode errors = JSON.arrayNode();
        for (Errors error : Errors.values()) {
            ObjectNode entry = errors.addObject();
            entry.put("code", error.code()).put("name", error.name());
            ApiException exception = error.exception();
            entry.put("exception", exception == null ? null
                    : exception.getClass().getSimpleName());
            CLASSES.forEach((flag, type) -> entry.put(flag, type.isInstance(exception)));
            entry.set("extends", superclasses(exception));
        }
        return errors;
    }

    /** From the exception's own superclass up to, and without, the one that all of them have. */
    private static ArrayNode superclasses(ApiException exception) {
        ArrayNode names = JSON.arrayNode();
        if (exception == null) {
            return names;
        }
        Class<?> type = exception.getClass();
        while (type != ApiException.class && type.getSuperclass() != ApiException.class) {
            type = type.getSuperclass();
            names.add(type.getSimpleName());
        }
        return names;
    }

    /** Unstable versions are listed too; the range of an API without versions is empty. */
    private static String headerVersions() throws IOException {
        ArrayNode apis = JSON.arrayNode();
        ArrayNode versions = JSON.arrayNode();
        for (ApiMessageType api : ApiMessageType.values()) {
            int lowest = api.lowestSupportedVersion();
            int highest = api.highestSupportedVersion(true);
            apis.addObject().put("apiKey", api.apiKey()).put("name", api.name)
                    .put("lowest", lowest).put("highestStable", api.highestSupportedVersion(false))
                    .put("highestUnstable", highest);
            for (int v = lowest; v <= highest; v++) {
                versions.addObject().put("apiKey", api.apiKey()).put("name", api.name)
                        .put("version", v)
                        .put("requestHeaderVersion", api.requestHeaderVersion((short) v))
                        .put("responseHeaderVersion", api.responseHeaderVersion((short) v));
            }
        }
        return "{\"apis\": " + lines(apis) + ",\n\"versions\": " + lines(versions) + "}\n";
    }

    /** A list of entries, each on a line of its own. */
    private static String lines(ArrayNode entries) throws IOException {
        StringBuilder text = new StringBuilder("[");
        String separator = "\n";
        for (JsonNode entry : entries) {
            text.append(separator).append(Output.MAPPER.writeValueAsString(entry));
            separator = ",\n";
        }
        return text.append("\n]").toString();
    }
}
