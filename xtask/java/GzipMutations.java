package vectors;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Oddities of the gzip format: header flags and the trailer. */
final class GzipMutations {
    private static final int HEADER = 10;
    private static final int TRAILER = 8;
    private static final int FLAGS_AT = 3;
    private static final byte[] EXTRA = {3, 0, 1, 2, 3};
    private static final byte[] NAME = "name\0".getBytes(StandardCharsets.UTF_8);

    void addTo(BadBatchLines.Sink sink) {
        byte[] sound = RawBatch.payload("gzip");
        addHeaders(sink, sound);
        addTrailers(sink, sound);
    }

    private void addHeaders(BadBatchLines.Sink sink, byte[] sound) {
        add(sink, "method 7", Bytes.withByte(sound, 2, 7));
        add(sink, "first byte 1e", Bytes.withByte(sound, 0, 0x1e));
        add(sink, "time, extra flags and system set",
                Bytes.replace(sound, 4, 6, Bytes.hex("01020304 02 03")));
        add(sink, "text flag", flagged(sound, 1, new byte[0]));
        add(sink, "extra field", flagged(sound, 4, EXTRA));
        add(sink, "extra field beyond the end", flagged(sound, 4, Bytes.hex("ffff00")));
        add(sink, "file name", flagged(sound, 8, NAME));
        add(sink, "file name without an end",
                Bytes.first(flagged(sound, 8, Bytes.hex("616263")), HEADER + 3));
        add(sink, "comment", flagged(sound, 16, NAME));
        add(sink, "extra field, file name and comment",
                flagged(sound, 28, Bytes.join(EXTRA, NAME, NAME)));
        byte[] checked = Bytes.first(flagged(sound, 2, new byte[0]), HEADER);
        CRC32 crc = new CRC32();
        crc.update(checked);
        byte[] right = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
        add(sink, "right header checksum", flagged(sound, 2, right));
        add(sink, "wrong header checksum", flagged(sound, 2, Bytes.withFlip(right, 0, 1)));
        for (int flag : new int[] {32, 64, 128}) {
            add(sink, "reserved flag " + flag, flagged(sound, flag, new byte[0]));
        }
    }

    private static byte[] flagged(byte[] sound, int flags, byte[] fields) {
        return Bytes.replace(Bytes.withByte(sound, FLAGS_AT, flags), HEADER, 0, fields);
    }

    private void addTrailers(BadBatchLines.Sink sink, byte[] sound) {
        int trailer = sound.length - TRAILER;
        add(sink, "wrong checksum", Bytes.withFlip(sound, trailer, 1));
        add(sink, "wrong size", Bytes.withFlip(sound, trailer + 4, 1));
        add(sink, "no trailer", Bytes.first(sound, trailer));
        add(sink, "half a trailer", Bytes.first(sound, trailer + 4));
        byte[] nothing = Codecs.compress("gzip", new byte[0]);
        add(sink, "an empty member before", Bytes.join(nothing, sound));
        add(sink, "an empty member with a wrong checksum behind",
                Bytes.join(sound, Bytes.withFlip(nothing, nothing.length - 5, 1)));
        add(sink, "a member's header behind", Bytes.join(sound, Bytes.first(sound, HEADER)));
        add(sink, "a zlib stream instead", Bytes.join(Bytes.hex("789c"),
                Bytes.from(Bytes.first(sound, trailer), HEADER)));
        add(sink, "a bare deflate stream", Bytes.from(Bytes.first(sound, trailer), HEADER));
        add(sink, "a reserved deflate block", Bytes.withByte(sound, HEADER, 7));
    }

    private static void add(BadBatchLines.Sink sink, String text, byte[] payload) {
        sink.add("gzip-frame", text, "gzip", true, RawBatch.framed("gzip", payload));
    }
}
