package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** A compressed file of JSON lines; the same lines give the same bytes. */
final class Output implements AutoCloseable {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private final OutputStream out;
    private int lines;

    Output(Path file) throws IOException {
        out = new Compressor(Files.newOutputStream(file));
    }

    void write(JsonNode line) throws IOException {
        write(MAPPER.writeValueAsString(line));
    }

    void write(String line) throws IOException {
        out.write(line.getBytes(StandardCharsets.UTF_8));
        out.write('\n');
        lines++;
    }

    int lines() {
        return lines;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** A source of chance of its own for each line, so that no line depends on those before it. */
    static Random random(long seed, Object... parts) {
        long mixed = seed;
        for (Object part : parts) {
            mixed = mixed * 0x9e37_79b9_7f4a_7c15L + part.toString().hashCode();
            mixed ^= mixed >>> 29;
        }
        return new Random(mixed);
    }

    /** The JDK leaves the time in the header at zero; only the level has to be raised. */
    private static final class Compressor extends GZIPOutputStream {
        Compressor(OutputStream out) throws IOException {
            super(out, 1 << 16);
            def.setLevel(Deflater.BEST_COMPRESSION);
        }
    }
}
