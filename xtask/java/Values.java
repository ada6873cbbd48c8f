package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Random values of the primitive types, written as in a document. */
final class Values {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    /** Around the lengths where a compact length grows by a byte, and where one byte overflows. */
    private static final int[] EDGE_LENGTHS = {0, 1, 2, 125, 126, 127, 128, 129, 255, 256};
    /** Around the next growth of a compact length, and the longest string there is. */
    private static final int[] HUGE_LENGTHS = {16382, 16383, 16384, 32766, 32767};
    private static final String[] WORDS = {"alpha", "broker", "commit", "delta", "epoch", "fence",
        "group", "host-17", "isr", "jitter", "key", "lag", "member", "node_4", "offset", "part.0"};
    /** Characters of one to four bytes, among them the first and last of each width. */
    private static final int[] ODD_CHARACTERS = {0x00, 0x09, 0x22, 0x5c, 0x7f, 0x80, 0xe9, 0x7ff,
        0x800, 0x6f22, 0x202e, 0xfeff, 0xffff, 0x10000, 0x1f600, 0x10ffff};
    private static final double[] EDGE_FLOATS = {0.0, -0.0, 1.0, -1.5, Double.MIN_VALUE,
        Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_NORMAL, 1e-7, 1e21, Math.PI};
    private static final double[] NON_FINITE = {Double.NaN, Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY};

    private final Random random;
    private final Profile profile;

    Values(Random random, Profile profile) {
        this.random = random;
        this.profile = profile;
    }

    /** A value of a type that is neither an array nor a struct. */
    JsonNode of(String type) {
        return switch (type) {
            case "bool" -> JSON.booleanNode(random.nextBoolean());
            case "int8" -> integer(Byte.MIN_VALUE, Byte.MAX_VALUE);
            case "int16" -> integer(Short.MIN_VALUE, Short.MAX_VALUE);
            case "uint16" -> integer(0, 0xffff);
            case "int32" -> integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "uint32" -> integer(0, 0xffff_ffffL);
            case "int64" -> integer(Long.MIN_VALUE, Long.MAX_VALUE);
            case "float64" -> JSON.numberNode(floating());
            case "uuid" -> JSON.textNode(uuid().toString());
            case "string" -> JSON.textNode(string());
            case "bytes" -> binary(bytes());
            case "records" -> binary(records());
            default -> throw new IllegalStateException("there is no type " + type);
        };
    }

    /** A small value for the elements of long arrays, so that these stay cheap when compressed. */
    JsonNode small(String type, int index) {
        return switch (type) {
            case "string" -> JSON.textNode("e" + index);
            case "bytes" -> binary(new byte[] {(byte) index});
            case "records" -> binary(new byte[0]);
            case "float64" -> JSON.numberNode(index / 2.0);
            case "uuid" -> JSON.textNode(new Uuid(0, index).toString());
            case "bool" -> JSON.booleanNode(index % 2 == 0);
            case "int8" -> JSON.numberNode((long) (byte) index);
            default -> JSON.numberNode((long) index);
        };
    }

    private JsonNode integer(long min, long max) {
        return JSON.numberNode(random.nextDouble() < profile.edges() ? edgeInteger(min, max)
                : plainInteger(min, max));
    }

    private long edgeInteger(long min, long max) {
        long[] edges = {min, min + 1, max, max - 1, 0, 1, -1, 127, 128, 255, 256, 32767, 32768};
        long edge = edges[random.nextInt(edges.length)];
        return edge < min || edge > max ? max : edge;
    }

    /** Any magnitude is as likely as any other: small numbers are not drowned by large ones. */
    private long plainInteger(long min, long max) {
        int width = random.nextInt(64 - Long.numberOfLeadingZeros(max)) + 1;
        long magnitude = random.nextLong() & (-1L >>> (64 - width));
        return min < 0 && random.nextInt(4) == 0 ? ~magnitude : magnitude;
    }

    private double floating() {
        if (random.nextDouble() >= profile.edges()) {
            return random.nextInt(2_000_000) / 64.0 - 1000;
        }
        double[] from = random.nextInt(3) == 0 ? NON_FINITE : EDGE_FLOATS;
        return from[random.nextInt(from.length)];
    }

    private Uuid uuid() {
        if (random.nextDouble() < profile.edges() / 2) {
            return random.nextBoolean() ? Uuid.ZERO_UUID : new Uuid(-1, -1);
        }
        return new Uuid(random.nextLong(), random.nextLong());
    }

    private String string() {
        if (random.nextDouble() < profile.huge()) {
            return text(HUGE_LENGTHS[random.nextInt(HUGE_LENGTHS.length)], 24);
        }
        if (random.nextDouble() < profile.edges()) {
            return text(EDGE_LENGTHS[random.nextInt(EDGE_LENGTHS.length)], 12);
        }
        if (random.nextInt(8) == 0) {
            return text(1 + random.nextInt(20), 20);
        }
        return WORDS[random.nextInt(WORDS.length)] + random.nextInt(100_000);
    }

    /** A text of exactly `length` bytes that repeats itself after about `period` bytes. */
    String text(int length, int period) {
        StringBuilder unit = new StringBuilder();
        int unitLength = 0;
        while (unitLength < period) {
            int character = random.nextInt(3) == 0
                    ? ODD_CHARACTERS[random.nextInt(ODD_CHARACTERS.length)]
                    : 'a' + random.nextInt(26);
            unit.appendCodePoint(character);
            unitLength += utf8Length(character);
        }
        StringBuilder text = new StringBuilder();
        int[] characters = unit.codePoints().toArray();
        int left = length;
        for (int i = 0; left > 0; i++) {
            int character = characters[i % characters.length];
            // What does not fit any more gives way to a character of one byte.
            int fitting = utf8Length(character) <= left ? character : 'z';
            text.appendCodePoint(fitting);
            left -= utf8Length(fitting);
        }
        return text.toString();
    }

    private static int utf8Length(int character) {
        return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    }

    private byte[] bytes() {
        if (random.nextDouble() < profile.edges()) {
            byte[] repeated = new byte[EDGE_LENGTHS[random.nextInt(EDGE_LENGTHS.length)]];
            Arrays.fill(repeated, (byte) random.nextInt(256));
            return repeated;
        }
        byte[] bytes = new byte[1 + random.nextInt(16)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Nothing, one batch or two. */
    private byte[] records() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int batches = random.nextDouble() < profile.empties() ? 0 : 1 + random.nextInt(2);
        for (int batch = 0; batch < batches; batch++) {
            ByteBuffer buffer = batch().buffer();
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            out.writeBytes(bytes);
        }
        return out.toByteArray();
    }

    /** Without gzip: what a JDK's own deflater writes depends on the machine's zlib. */
    private MemoryRecords batch() {
        Compression[] codecs = {Compression.NONE, Compression.snappy().build(),
            Compression.lz4().build(), Compression.zstd().build()};
        SimpleRecord[] records = new SimpleRecord[1 + random.nextInt(3)];
        for (int i = 0; i < records.length; i++) {
            byte[] value = WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8);
            long timestamp = 1_600_000_000_000L + random.nextInt(1_000_000);
            records[i] = new SimpleRecord(timestamp, random.nextBoolean() ? value : null, value);
        }
        Compression codec = codecs[random.nextInt(codecs.length)];
        return MemoryRecords.withRecords(random.nextInt(1000), codec, records);
    }

    private static JsonNode binary(byte[] bytes) {
        return JSON.textNode(Base64.getEncoder().encodeToString(bytes));
    }
}
