package vectors;

import com.github.luben.zstd.ZstdCompressCtx;

/** Oddities of the zstd format: the frame's header, checksums, and frames beside it. */
final class ZstdMutations {
    private static final int DESCRIPTOR_AT = 4;
    private static final int WINDOW_AT = 5;
    private static final int[] WINDOWS = {0x00, 0x58, 0x80, 0x88, 0x89, 0x90, 0xa8, 0xff};

    private final byte[] plain = RawBatch.plain();

    void addTo(BadBatchLines.Sink sink) {
        addContentSizes(sink);
        addChecksums(sink);
        addHeaders(sink);
        addFrames(sink);
        addBlocks(sink);
    }

    private void addContentSizes(BadBatchLines.Sink sink) {
        byte[] sized = frame(plain, false, true);
        add(sink, "content size", sized);
        // With a size below 256 the frame has one segment and its size in one byte.
        boolean isShort = (sized[DESCRIPTOR_AT] & 0xc0) == 0;
        int at = WINDOW_AT;
        Check.that(isShort, "the records no longer fit into 255 bytes");
        for (int size : new int[] {0, plain.length - 1, plain.length + 1, 255}) {
            add(sink, "content size " + size + " (right: " + plain.length + ")",
                    Bytes.withByte(sized, at, size));
        }
        byte[] huge = Bytes.replace(Bytes.withFlip(sized, DESCRIPTOR_AT, 0xc0), at, 1,
                Lz4Frame.size(1L << 40));
        add(sink, "content size 2^40 in one segment", huge);
    }

    private void addChecksums(BadBatchLines.Sink sink) {
        byte[] summed = frame(plain, true, false);
        add(sink, "right content checksum", summed);
        add(sink, "wrong content checksum", Bytes.withFlip(summed, summed.length - 1, 1));
        add(sink, "no content checksum", Bytes.first(summed, summed.length - 4));
        add(sink, "half a content checksum", Bytes.first(summed, summed.length - 2));
        byte[] both = frame(plain, true, true);
        add(sink, "content size and checksum", both);
        add(sink, "content size and wrong checksum",
                Bytes.withFlip(both, both.length - 2, 0x80));
    }

    private void addHeaders(BadBatchLines.Sink sink) {
        byte[] sound = frame(plain, false, false);
        add(sink, "reserved bit", Bytes.withFlip(sound, DESCRIPTOR_AT, 0x08));
        add(sink, "unused bit", Bytes.withFlip(sound, DESCRIPTOR_AT, 0x10));
        for (int window : WINDOWS) {
            add(sink, "window of 2^" + (10 + (window >> 3)) + " and " + (window & 7) + " eighths",
                    Bytes.withByte(sound, WINDOW_AT, window));
        }
        byte[] tagged = Bytes.withFlip(sound, DESCRIPTOR_AT, 0x01);
        add(sink, "dictionary id 0", Bytes.replace(tagged, WINDOW_AT + 1, 0, new byte[1]));
        add(sink, "dictionary id 7", Bytes.replace(tagged, WINDOW_AT + 1, 0, new byte[] {7}));
        for (String magic : new String[] {"27b52ffd", "1eb52ffd", "29b52ffd", "28b52ffe"}) {
            add(sink, "magic " + magic, Bytes.replace(sound, 0, DESCRIPTOR_AT, Bytes.hex(magic)));
        }
        for (int length : new int[] {4, 5, 6, 8}) {
            add(sink, "first " + length + " bytes", Bytes.first(sound, length));
        }
    }

    private void addFrames(BadBatchLines.Sink sink) {
        byte[] sound = frame(plain, false, false);
        byte[] skippable = Bytes.join(Bytes.hex("502a4d18"), Bytes.little(3), new byte[3]);
        byte[] lastSkippable = Bytes.withByte(skippable, 0, 0x5f);
        add(sink, "a skippable frame before", Bytes.join(skippable, sound));
        add(sink, "a skippable frame behind", Bytes.join(sound, lastSkippable));
        add(sink, "a cut skippable frame behind",
                Bytes.join(sound, Bytes.first(skippable, 9)));
        add(sink, "a skippable frame alone", skippable);
        byte[] nothing = frame(new byte[0], false, false);
        add(sink, "a frame of nothing before", Bytes.join(nothing, sound));
        add(sink, "a frame of nothing behind", Bytes.join(sound, nothing));
        for (int length : new int[] {1, 4, 5, 7, 9, 12, sound.length - 1}) {
            add(sink, "the first " + length + " bytes of a frame behind",
                    Bytes.join(sound, Bytes.first(sound, length)));
        }
        add(sink, "a frame with a wrong checksum behind", Bytes.join(sound,
                Bytes.withFlip(frame(new byte[0], true, false), 12, 1)));
    }

    /** Blocks after the header of a frame without a size: stored, repeated and reserved ones. */
    private void addBlocks(BadBatchLines.Sink sink) {
        byte[] header = Bytes.hex("28b52ffd 00 58");
        add(sink, "a stored block", Bytes.join(header, block(plain.length, 0, 1), plain));
        add(sink, "a stored block without a last one", Bytes.join(header,
                block(plain.length, 0, 0), plain));
        add(sink, "a stored block and an empty last one", Bytes.join(header,
                block(plain.length, 0, 0), plain, block(0, 0, 1)));
        add(sink, "a reserved block", Bytes.join(header, block(plain.length, 3, 1), plain));
        add(sink, "a repeated byte behind the records", Bytes.join(header,
                block(plain.length, 0, 0), plain, block(50, 1, 1), new byte[1]));
        add(sink, "a stored block larger than 128 KiB", Bytes.join(header,
                block((1 << 17) + 1, 0, 1), plain));
        add(sink, "a stored block cut short", Bytes.join(header,
                block(plain.length + 5, 0, 1), plain));
    }

    private static byte[] block(int size, int type, int last) {
        return Bytes.first(Bytes.little(size << 3 | type << 1 | last), 3);
    }

    private static byte[] frame(byte[] plain, boolean checksum, boolean size) {
        if (!size) {
            // One shot always tells the size, so the reference's own stream is changed instead.
            byte[] streamed = Codecs.compress("zstd", plain);
            return checksum ? withChecksum(streamed, plain) : streamed;
        }
        try (ZstdCompressCtx context = new ZstdCompressCtx()) {
            return context.setChecksum(checksum).setContentSize(true).compress(plain);
        }
    }

    /** The checksum is that of the content alone, so that of any other frame serves. */
    private static byte[] withChecksum(byte[] streamed, byte[] plain) {
        byte[] other = frame(plain, true, true);
        return Bytes.join(Bytes.withFlip(streamed, DESCRIPTOR_AT, 0x04),
                Bytes.from(other, other.length - 4));
    }

    private static void add(BadBatchLines.Sink sink, String text, byte[] payload) {
        sink.add("zstd-frame", text, "zstd", true, RawBatch.framed("zstd", payload));
    }
}
