package vectors;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/** Writes the lines of `bad-batches.jsonl.gz`: changed batches with the reference's verdicts. */
final class BadBatchLines {
    /** What takes changed batches. */
    interface Sink {
        void add(String category, String mutation, String codec, boolean crcFixed, byte[] bytes);
    }

    /** What makes changed batches. */
    private interface Source {
        void addTo(Sink sink);
    }

    private final long seed;
    private final Output output;
    private final TreeMap<String, Integer> verdicts = new TreeMap<>();
    private final TreeMap<String, Integer> categories = new TreeMap<>();

    BadBatchLines(long seed, Output output) {
        this.seed = seed;
        this.output = output;
    }

    void write() throws IOException {
        List<Source> sources = List.of(new HeaderMutations()::addTo, new LengthMutations()::addTo,
                new RecordMutations()::addTo, new FieldMutations()::addTo,
                new PayloadMutations(seed)::addTo, new GzipMutations()::addTo,
                new SnappyMutations()::addTo, new Lz4Mutations()::addTo,
                new ZstdMutations()::addTo, new LegacyMutations()::addTo);
        for (Source source : sources) {
            source.addTo(this::write);
        }
    }

    private void write(String category, String mutation, String codec, boolean crcFixed,
            byte[] bytes) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("category", category).put("mutation", mutation).put("codec", codec);
        line.put("crcFixed", crcFixed);
        Verdict.describe(bytes, line);
        line.put("hex", HexFormat.of().formatHex(bytes));
        categories.merge(category, 1, Integer::sum);
        verdicts.merge(line.get("javaVerdict").textValue(), 1, Integer::sum);
        try {
            output.write(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String summary() {
        return "bad batches by category " + categories + "\n  by verdict " + verdicts + "\n";
    }
}
