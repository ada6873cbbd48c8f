package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.Message;

/** Writes the lines of `messages.jsonl.gz`: contents, as JSON and as the reference's bytes. */
final class MessageLines {
    /** What each pair of message and version gets besides its default. */
    private static final List<Variant> VARIANTS = List.of(
            new Variant("typical", Profile.TYPICAL), new Variant("edge", Profile.EDGE),
            new Variant("edge", Profile.EDGE), new Variant("mixed", Profile.MIXED),
            new Variant("mixed", Profile.MIXED));

    private record Variant(String name, Profile profile) {}

    private final long seed;
    private final Output output;
    private final Coverage coverage;

    MessageLines(long seed, Output output, Coverage coverage) {
        this.seed = seed;
        this.output = output;
        this.coverage = coverage;
    }

    void write(List<Spec.Definition> definitions) throws IOException {
        for (Spec.Definition definition : definitions) {
            coverage.declare(definition);
            for (int v = definition.valid().low(); v <= definition.valid().high(); v++) {
                writeVersion(definition, v);
            }
            writeMissing(definition);
            writeTagsEverywhere(definition);
        }
    }

    private void writeVersion(Spec.Definition definition, int version) throws IOException {
        Message unset = Reference.fresh(definition);
        JsonNode json = Reference.toJson(definition, unset, version);
        write(definition, version, "default", json, List.of());
        for (int round = 0; round < VARIANTS.size(); round++) {
            Variant variant = VARIANTS.get(round);
            Random random = Output.random(seed, definition.name(), version, round);
            ObjectNode document =
                    new Contents(random, variant.profile(), version).document(definition);
            List<UnknownTag> tags = definition.isFlexible(version)
                    ? unknownTags(random, variant.name(), definition, document) : List.of();
            write(definition, version, variant.name(), document, tags);
        }
    }

    private static List<UnknownTag> unknownTags(Random random, String variant,
            Spec.Definition definition, ObjectNode document) {
        if (variant.equals("typical")) {
            return List.of();
        }
        List<UnknownTag> tags = new ArrayList<>();
        if (random.nextInt(4) == 0) {
            tags.addAll(UnknownTag.choose(random, "", definition.fields()));
        }
        if (random.nextInt(3) == 0) {
            tags.addAll(UnknownTag.chooseNested(random, definition, document));
        }
        return tags;
    }

    /** What chance has not shown in any version of the message gets a line of its own. */
    private void writeMissing(Spec.Definition definition) throws IOException {
        for (Coverage.Missing missing : coverage.missing(definition, Coverage.Aspect.NULL)) {
            Contents contents = contents(definition, missing).withNull(missing.path());
            write(definition, missing.version(), "cover-null", contents.document(definition),
                    List.of());
        }
        for (Coverage.Missing missing : coverage.missing(definition, Coverage.Aspect.EMPTY)) {
            Contents contents = contents(definition, missing).withEmpty(missing.path());
            write(definition, missing.version(), "cover-empty", contents.document(definition),
                    List.of());
        }
    }

    /** One line shows that every struct of a message keeps the tags that it does not know. */
    private void writeTagsEverywhere(Spec.Definition definition) throws IOException {
        int version = definition.valid().high();
        if (definition.isFlexible(version)) {
            Random random = Output.random(seed, definition.name(), version, "tags");
            ObjectNode document =
                    new Contents(random, Profile.SMALL, version).document(definition);
            write(definition, version, "cover-tags", document,
                    UnknownTag.chooseEverywhere(random, definition, document));
        }
    }

    private Contents contents(Spec.Definition definition, Coverage.Missing missing) {
        Random random = Output.random(seed, definition.name(), missing.version(), missing.path());
        return new Contents(random, Profile.SMALL, missing.version());
    }

    private void write(Spec.Definition definition, int version, String variant, JsonNode document,
            List<UnknownTag> tags) throws IOException {
        try {
            Content content = Content.of(definition, version, document, tags);
            ObjectNode line = JsonNodeFactory.instance.objectNode();
            line.put("message", definition.name()).put("kind", definition.kind());
            line.put("apiKey", definition.apiKey()).put("version", version);
            line.put("flexible", definition.isFlexible(version)).put("variant", variant);
            UnknownTag.describe(tags, line);
            if (content.isNonFinite()) {
                line.put("nonFinite", true);
            }
            line.set("json", content.json());
            line.put("hex", HexFormat.of().formatHex(content.bytes()));
            output.write(line);
            coverage.show(definition, version, content.json());
        } catch (RuntimeException e) {
            throw new IllegalStateException(definition.name() + " version " + version + " "
                    + variant + ": " + document, e);
        }
    }

    /** A content in its two forms, each checked to give the other. */
    record Content(JsonNode json, byte[] bytes, boolean isNonFinite) {
        static Content of(Spec.Definition definition, int version, JsonNode document,
                List<UnknownTag> tags) throws IOException {
            Message message = Reference.fromJson(definition, document, version);
            UnknownTag.addAll(message, tags);
            byte[] bytes = Reference.bytes(message, version);
            JsonNode json = Reference.toJson(definition, message, version);
            Documents.restoreRecords(definition.fields(), document, json);
            boolean isNonFinite = Documents.hasNonFinite(json);

            Message read = Reference.fromBytes(definition, bytes, version);
            Check.that(isNonFinite || read.equals(message), "read() gives another message");
            Check.that(Arrays.equals(Reference.bytes(read, version), bytes),
                    "what was read is written differently");
            if (!isNonFinite) {
                JsonNode text = Output.MAPPER.readTree(Output.MAPPER.writeValueAsBytes(json));
                Message parsed = Reference.fromJson(definition, text, version);
                UnknownTag.addAll(parsed, tags);
                Check.that(Arrays.equals(Reference.bytes(parsed, version), bytes),
                        "the JSON gives other bytes");
            }
            return new Content(json, bytes, isNonFinite);
        }
    }
}
