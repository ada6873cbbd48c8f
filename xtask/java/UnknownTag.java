package vectors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/** A tagged field that no spec knows, in the struct at `path`; the empty path is the message. */
record UnknownTag(String path, int tag, byte[] data) {
    /** Where tags grow by a byte, and the highest that the reference's writer takes. */
    private static final int[] TAGS = {100, 127, 128, 10_000, 16_383, 16_384, 2_097_151, 2_097_152,
        268_435_455, 268_435_456, 2_147_483_646};
    private static final int[] LENGTHS = {0, 1, 2, 5, 8, 13, 21, 126, 127, 128, 129, 326};
    /** A few nested structs with unknown tags show as much as all of them. */
    private static final int MOST_STRUCTS = 3;

    /** One to three tags in ascending order, above all that the struct knows in any version. */
    static List<UnknownTag> choose(Random random, String path, List<Spec.Field> fields) {
        int first = 0;
        for (Spec.Field field : fields) {
            first = Math.max(first, field.tag() + 1);
        }
        TreeSet<Integer> tags = new TreeSet<>();
        int count = 1 + random.nextInt(3);
        while (tags.size() < count) {
            tags.add(random.nextInt(4) == 0 ? first + random.nextInt(2)
                    : TAGS[random.nextInt(TAGS.length)]);
        }
        return tags.stream().map(tag -> new UnknownTag(path, tag, data(random))).toList();
    }

    /** Unknown tags in up to three of the structs below the message. */
    static List<UnknownTag> chooseNested(Random random, Spec.Definition definition,
            ObjectNode document) {
        Map<String, List<Spec.Field>> structs = new LinkedHashMap<>();
        Documents.eachStruct(definition.fields(), document, "", structs::put);
        structs.remove("");
        List<String> paths = new ArrayList<>(structs.keySet());
        List<String> drawn = new ArrayList<>(paths);
        Collections.shuffle(drawn, random);
        List<String> some = drawn.subList(0, Math.min(MOST_STRUCTS, drawn.size()));
        List<UnknownTag> tags = new ArrayList<>();
        for (String path : paths) {
            if (some.contains(path)) {
                tags.addAll(choose(random, path, structs.get(path)));
            }
        }
        return tags;
    }

    /** Unknown tags in the message and in every struct below it. */
    static List<UnknownTag> chooseEverywhere(Random random, Spec.Definition definition,
            ObjectNode document) {
        List<UnknownTag> tags = new ArrayList<>();
        Documents.eachStruct(definition.fields(), document, "",
                (path, fields) -> tags.addAll(choose(random, path, fields)));
        return tags;
    }

    private static byte[] data(Random random) {
        byte[] data = new byte[LENGTHS[random.nextInt(LENGTHS.length)]];
        if (data.length < 100) {
            random.nextBytes(data);
        } else {
            Arrays.fill(data, (byte) random.nextInt(256));
        }
        return data;
    }

    static void addAll(Message message, List<UnknownTag> tags) {
        for (UnknownTag unknown : tags) {
            Reference.at(message, unknown.path).unknownTaggedFields()
                    .add(new RawTaggedField(unknown.tag, unknown.data));
        }
    }

    /** Tells a line what its JSON cannot show. */
    static void describe(List<UnknownTag> tags, ObjectNode line) {
        ArrayNode top = JsonNodeFactory.instance.arrayNode();
        ArrayNode nested = JsonNodeFactory.instance.arrayNode();
        for (UnknownTag unknown : tags) {
            ArrayNode entry = unknown.path.isEmpty() ? top.addArray()
                    : nested.addArray().add(unknown.path);
            entry.add(unknown.tag).add(HexFormat.of().formatHex(unknown.data));
        }
        if (!top.isEmpty()) {
            line.put("unknownTags", true).set("unknownTaggedFields", top);
        }
        if (!nested.isEmpty()) {
            line.set("unknownTagsAt", nested);
        }
    }
}
