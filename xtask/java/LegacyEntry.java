package vectors;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Entries of magic 0 and 1 put together by hand. */
final class LegacyEntry {
    static final long TIME = 1_450_000_000_000L;
    private static final int HEADER = 12;
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);

    private LegacyEntry() {}

    static byte[] plain(int magic, long offset) {
        byte[] value = ("value " + offset).getBytes(StandardCharsets.UTF_8);
        return of(magic, offset, 0, sized(KEY), sized(value));
    }

    /** An entry around the compressed form of others. */
    static byte[] wrapper(int magic, String codec, long offset, byte[] inner) {
        byte[] payload = Codecs.compress(codec, (byte) magic, inner);
        return framed(magic, codec, offset, payload);
    }

    static byte[] framed(int magic, String codec, long offset, byte[] payload) {
        return of(magic, offset, Codecs.id(codec), sized(null), sized(payload));
    }

    /** Key and value come with their lengths, right or wrong. */
    static byte[] of(int magic, long offset, int attributes, byte[] key, byte[] value) {
        byte[] time = magic == 0 ? new byte[0] : ByteBuffer.allocate(8).putLong(TIME).array();
        byte[] body = Bytes.join(new byte[4], new byte[] {(byte) magic, (byte) attributes}, time,
                key, value);
        ByteBuffer header = ByteBuffer.allocate(HEADER).putLong(offset).putInt(body.length);
        return Bytes.withLegacyCrc(Bytes.join(header.array(), body));
    }

    static byte[] sized(byte[] bytes) {
        return bytes == null ? Bytes.big(-1) : Bytes.join(Bytes.big(bytes.length), bytes);
    }
}
