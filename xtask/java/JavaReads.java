package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** Has the reference read the batches of a file, which others than the reference wrote. */
final class JavaReads {
    private static final int FAILED = 1;
    private static final int UNUSABLE = 2;
    private static final int SHOWN = 50;

    private final TreeMap<String, Integer> counts = new TreeMap<>();
    private int read;
    private int failed;

    private JavaReads() {}

    /** Prints what was found; the result is the program's exit code. */
    static int run(Path file) {
        JavaReads reads = new JavaReads();
        try (BufferedReader lines = open(file)) {
            reads.readAll(lines);
        } catch (IOException e) {
            System.err.println("cannot use " + file + ": " + e);
            return UNUSABLE;
        }
        reads.counts.forEach((what, count) -> System.out.println(what + ": " + count));
        System.out.println(reads.read + " read, " + reads.failed + " failed");
        if (reads.read == 0) {
            System.err.println(file + " has no lines");
            return UNUSABLE;
        }
        return reads.failed == 0 ? 0 : FAILED;
    }

    private static BufferedReader open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        in.mark(2);
        boolean isGzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        InputStream plain = isGzip ? new GZIPInputStream(in) : in;
        return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
    }

    private void readAll(BufferedReader lines) throws IOException {
        for (String text = lines.readLine(); text != null; text = lines.readLine()) {
            read++;
            try {
                JsonNode line = Output.MAPPER.readTree(text);
                counts.merge(line.path("codec").asText("no codec") + " level "
                        + line.path("level").asText("null"), 1, Integer::sum);
                new BatchCheck(line).run();
            } catch (IOException | RuntimeException | Error e) {
                fail(e);
            }
        }
    }

    private void fail(Throwable reason) {
        failed++;
        if (failed <= SHOWN) {
            boolean isOurs = reason instanceof IllegalStateException;
            String text = isOurs ? reason.getMessage() : reason.toString();
            System.out.println("line " + read + ": " + text.lines().findFirst().orElse(""));
        }
    }
}
