package vectors;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/** The reference's codecs by the names that stand in the lines. */
final class Codecs {
    static final List<String> ALL = List.of("none", "gzip", "snappy", "lz4", "zstd");
    static final List<String> COMPRESSING = List.of("gzip", "snappy", "lz4", "zstd");
    /** What batches older than version 2 may use. */
    static final List<String> LEGACY = List.of("none", "gzip", "snappy", "lz4");

    private Codecs() {}

    static Compression named(String name) {
        return Compression.of(name).build();
    }

    /** The bits of the attributes that name the codec. */
    static int id(String name) {
        return named(name).type().id;
    }

    /** What the reference writes for these bytes in a batch of version 2. */
    static byte[] compress(String name, byte[] plain) {
        return compress(name, RecordBatch.MAGIC_VALUE_V2, plain);
    }

    static byte[] compress(String name, byte magic, byte[] plain) {
        ByteBufferOutputStream buffer = new ByteBufferOutputStream(plain.length + 512);
        try (OutputStream out = named(name).wrapForOutput(buffer, magic)) {
            out.write(plain);
        } catch (IOException e) {
            throw new IllegalStateException(name + " does not write into memory", e);
        }
        ByteBuffer written = buffer.buffer();
        written.flip();
        return bytes(written);
    }

    /** What is left of a buffer, which stays as it is; null stays null. */
    static byte[] bytes(ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
