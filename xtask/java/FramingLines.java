package vectors;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.requests.RequestUtils;

/** Writes the lines of `framing.jsonl.gz`: whole requests and responses without their size. */
final class FramingLines {
    private final long seed;
    private final Output output;
    private final Map<String, Spec.Definition> definitions = new HashMap<>();

    FramingLines(long seed, Output output) {
        this.seed = seed;
        this.output = output;
    }

    void write(List<Spec.Definition> all) throws IOException {
        all.forEach(definition -> definitions.put(definition.name(), definition));
        for (ApiMessageType api : ApiMessageType.values()) {
            if (api.lowestSupportedVersion() > api.highestSupportedVersion(true)) {
                continue;
            }
            for (int version : versions(api)) {
                writeBoth(api, version, "first");
            }
        }
        // The one response whose header does not follow its body is worth a second look.
        for (int v = 0; v <= ApiMessageType.API_VERSIONS.highestSupportedVersion(true); v++) {
            writeResponse(ApiMessageType.API_VERSIONS, v, "second");
        }
    }

    private void writeBoth(ApiMessageType api, int version, String round) throws IOException {
        writeRequest(api, version, round);
        writeResponse(api, version, round);
    }

    /** Both ends and both sides of each change of a header's version. */
    private static TreeSet<Integer> versions(ApiMessageType api) {
        TreeSet<Integer> versions = new TreeSet<>();
        int lowest = api.lowestSupportedVersion();
        int highest = api.highestSupportedVersion(true);
        versions.add(lowest);
        versions.add(highest);
        for (int v = lowest + 1; v <= highest; v++) {
            if (api == ApiMessageType.API_VERSIONS
                    || api.requestHeaderVersion((short) v)
                            != api.requestHeaderVersion((short) (v - 1))) {
                versions.add(v - 1);
                versions.add(v);
            }
        }
        return versions;
    }

    private void writeRequest(ApiMessageType api, int version, String round) throws IOException {
        Spec.Definition definition = definitions.get(api.name + "Request");
        Random random = Output.random(seed, "frame", definition.name(), version, round);
        int headerVersion = api.requestHeaderVersion((short) version);
        RequestHeaderData header = new RequestHeaderData().setRequestApiKey(api.apiKey())
                .setRequestApiVersion((short) version).setCorrelationId(random.nextInt())
                .setClientId(clientId(random));
        ObjectNode line = start("request", definition, version, header.correlationId());
        line.put("clientId", header.clientId()).put("headerVersion", headerVersion);
        line.put("responseHeaderVersion", api.responseHeaderVersion((short) version));
        List<UnknownTag> tags = headerTags(random, headerVersion == 2, "RequestHeader", line);
        UnknownTag.addAll(header, tags);
        finish(line, definition, header, headerVersion, random);
    }

    private void writeResponse(ApiMessageType api, int version, String round) throws IOException {
        Spec.Definition definition = definitions.get(api.name + "Response");
        Random random = Output.random(seed, "frame", definition.name(), version, round);
        int headerVersion = api.responseHeaderVersion((short) version);
        ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(random.nextInt());
        ObjectNode line = start("response", definition, version, header.correlationId());
        line.put("responseHeaderVersion", headerVersion);
        List<UnknownTag> tags = headerTags(random, headerVersion == 1, "ResponseHeader", line);
        UnknownTag.addAll(header, tags);
        finish(line, definition, header, headerVersion, random);
    }

    private static ObjectNode start(String frame, Spec.Definition definition, int version,
            int correlationId) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("frame", frame).put("message", definition.name());
        line.put("apiKey", definition.apiKey()).put("apiVersion", version);
        return line.put("correlationId", correlationId);
    }

    private String clientId(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> "";
            case 2 -> new Values(random, Profile.SMALL).text(120 + random.nextInt(20), 16);
            default -> "client-" + random.nextInt(1000);
        };
    }

    private List<UnknownTag> headerTags(Random random, boolean isFlexible, String header,
            ObjectNode line) {
        if (!isFlexible || random.nextInt(3) != 0) {
            return List.of();
        }
        List<UnknownTag> tags =
                UnknownTag.choose(random, "", definitions.get(header).fields());
        ObjectNode described = JsonNodeFactory.instance.objectNode();
        UnknownTag.describe(tags, described);
        line.put("headerUnknownTags", true);
        line.set("headerUnknownTaggedFields", described.get("unknownTaggedFields"));
        return tags;
    }

    private void finish(ObjectNode line, Spec.Definition definition, Message header,
            int headerVersion, Random random) throws IOException {
        int version = line.get("apiVersion").asInt();
        ObjectNode document =
                new Contents(random, Profile.SMALL, version).document(definition);
        MessageLines.Content content =
                MessageLines.Content.of(definition, version, document, List.of());
        Message body = Reference.fromJson(definition, document, version);
        ByteBuffer frame =
                RequestUtils.serialize(header, (short) headerVersion, body, (short) version);
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        int headerLength = Reference.bytes(header, headerVersion).length;
        Check.that(bytes.length == headerLength + content.bytes().length,
                definition.name() + ": a frame is its header and its body");
        line.put("headerLength", headerLength).set("json", content.json());
        line.put("hex", HexFormat.of().formatHex(bytes));
        output.write(line);
    }
}
