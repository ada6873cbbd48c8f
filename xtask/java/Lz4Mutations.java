package vectors;

/** Oddities of the lz4 frame format: the frame's descriptor, its blocks and checksums. */
final class Lz4Mutations {
    private static final byte[] NOTHING = {};
    private static final int FLAGS = Lz4Frame.FLAGS;
    private static final int BLOCK_CHECKSUM = 0x10;
    private static final int CONTENT_SIZE = 0x08;
    private static final int CONTENT_CHECKSUM = 0x04;
    private static final int SMALL = Lz4Frame.BLOCKS_OF_64_KIB;
    private static final int CHECKSUM_AT = 6;
    private static final int MAX_BLOCK = 1 << 16;

    private final byte[] plain = RawBatch.plain();
    private final byte[] block = Lz4Frame.block(plain);
    private final byte[] tail = Bytes.join(block, Lz4Frame.END);

    void addTo(BadBatchLines.Sink sink) {
        addFlags(sink);
        addDescriptors(sink);
        addChecksums(sink);
        addSizes(sink);
        addBlocks(sink);
        addLengths(sink);
        addFrames(sink);
    }

    private void addFlags(BadBatchLines.Sink sink) {
        for (int version = 0; version < 4; version++) {
            addStart(sink, "version " + version, version << 6 | 0x20, SMALL, NOTHING);
        }
        addStart(sink, "reserved flag", FLAGS | 2, SMALL, NOTHING);
        addStart(sink, "dictionary flag without an id", FLAGS | 1, SMALL, NOTHING);
        addStart(sink, "dictionary id", FLAGS | 1, SMALL, Bytes.little(7));
        addStart(sink, "dependent blocks, one block", FLAGS & ~0x20, SMALL, NOTHING);
        for (int size = 0; size < 8; size++) {
            addStart(sink, "block size " + size, FLAGS, size << 4, NOTHING);
        }
        for (int bit : new int[] {1, 2, 4, 8, 0x80}) {
            addStart(sink, "reserved bit " + bit + " of the block size", FLAGS, SMALL | bit,
                    NOTHING);
        }
    }

    private void addDescriptors(BadBatchLines.Sink sink) {
        byte[] start = Lz4Frame.start();
        add(sink, "wrong header checksum",
                Bytes.join(Bytes.withFlip(start, CHECKSUM_AT, 1), tail));
        int overMagic = Lz4Frame.hash(Bytes.first(start, CHECKSUM_AT)) >> 8;
        add(sink, "header checksum over the magic too, as in magic 0",
                Bytes.join(Bytes.withByte(start, CHECKSUM_AT, overMagic), tail));
        add(sink, "wrong magic", Bytes.join(Bytes.withFlip(start, 0, 1), tail));
        add(sink, "the legacy format's magic",
                Bytes.join(Bytes.hex("02214c18"), block));
        add(sink, "header alone", start);
        add(sink, "header without its checksum", Bytes.first(start, CHECKSUM_AT));
    }

    private void addChecksums(BadBatchLines.Sink sink) {
        byte[] checked = Lz4Frame.start(FLAGS | BLOCK_CHECKSUM, SMALL, NOTHING);
        byte[] good = Lz4Frame.checked(block);
        byte[] bad = Bytes.withFlip(good, good.length - 1, 1);
        add(sink, "right block checksum", Bytes.join(checked, good, Lz4Frame.END));
        add(sink, "wrong block checksum", Bytes.join(checked, bad, Lz4Frame.END));
        add(sink, "no block checksum", Bytes.join(checked, tail));
        byte[] stored = Lz4Frame.checked(Lz4Frame.stored(plain));
        add(sink, "right checksum of a stored block", Bytes.join(checked, stored, Lz4Frame.END));
        add(sink, "wrong checksum of a stored block", Bytes.join(checked,
                Bytes.withFlip(stored, stored.length - 1, 1), Lz4Frame.END));
        byte[] summed = Lz4Frame.start(FLAGS | CONTENT_CHECKSUM, SMALL, NOTHING);
        byte[] sum = Lz4Frame.checksum(plain);
        add(sink, "right content checksum", Bytes.join(summed, tail, sum));
        add(sink, "wrong content checksum",
                Bytes.join(summed, tail, Bytes.withFlip(sum, 0, 1)));
        add(sink, "no content checksum", Bytes.join(summed, tail));
        add(sink, "half a content checksum",
                Bytes.join(summed, tail, Bytes.first(sum, 2)));
        add(sink, "a content checksum without its flag",
                Bytes.join(Lz4Frame.start(), tail, sum));
    }

    private void addSizes(BadBatchLines.Sink sink) {
        int flags = FLAGS | CONTENT_SIZE;
        for (long size : new long[] {plain.length, plain.length - 1, plain.length + 1, 0, -1,
            Long.MAX_VALUE}) {
            addStart(sink, "content size " + size + " (right: " + plain.length + ")", flags, SMALL,
                    Lz4Frame.size(size));
        }
        addStart(sink, "content size flag without a size", flags, SMALL, NOTHING);
        add(sink, "content size with a wrong header checksum",
                Bytes.join(Bytes.withFlip(Lz4Frame.start(flags, SMALL,
                        Lz4Frame.size(plain.length)), CHECKSUM_AT + 8, 1), tail));
        byte[] all = Lz4Frame.start(flags | BLOCK_CHECKSUM | CONTENT_CHECKSUM, SMALL,
                Lz4Frame.size(plain.length));
        add(sink, "content size, block checksum and content checksum", Bytes.join(all,
                Lz4Frame.checked(block), Lz4Frame.END, Lz4Frame.checksum(plain)));
    }

    private void addBlocks(BadBatchLines.Sink sink) {
        byte[] start = Lz4Frame.start();
        int half = plain.length / 2;
        byte[] front = Bytes.first(plain, half);
        byte[] back = Bytes.from(plain, half);
        add(sink, "a stored block", Bytes.join(start, Lz4Frame.stored(plain), Lz4Frame.END));
        add(sink, "two blocks", Bytes.join(start, Lz4Frame.block(front), Lz4Frame.stored(back),
                Lz4Frame.END));
        add(sink, "a stored block of nothing before",
                Bytes.join(start, Lz4Frame.stored(NOTHING), tail));
        add(sink, "a packed block of nothing before",
                Bytes.join(start, Lz4Frame.block(NOTHING), tail));
        add(sink, "a packed block of nothing behind",
                Bytes.join(start, block, Lz4Frame.block(NOTHING), Lz4Frame.END));
        add(sink, "no end mark", Bytes.join(start, block));
        add(sink, "half an end mark", Bytes.join(start, block, new byte[2]));
        add(sink, "an end mark before the block", Bytes.join(start, Lz4Frame.END, tail));
        add(sink, "a block that refers to the one before", Bytes.join(start,
                Lz4Frame.stored(front), dependent(), Lz4Frame.END));
        add(sink, "a dependent block that refers to the one before",
                Bytes.join(Lz4Frame.start(FLAGS & ~0x20, SMALL, NOTHING), Lz4Frame.stored(front),
                        dependent(), Lz4Frame.END));
    }

    /** A literal, then a match further back than the block's own start, then five literals. */
    private static byte[] dependent() {
        byte[] packed = Bytes.hex("14 61 0800 50 6162636465");
        return Bytes.join(Bytes.little(packed.length), packed);
    }

    private void addLengths(BadBatchLines.Sink sink) {
        byte[] start = Lz4Frame.start();
        byte[] packed = Bytes.from(block, 4);
        for (int length : new int[] {packed.length - 1, packed.length + 1, packed.length + 5,
            MAX_BLOCK, MAX_BLOCK + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
            add(sink, "block length " + length + " (right: " + packed.length + ")",
                    Bytes.join(start, Bytes.little(length), packed, Lz4Frame.END));
        }
        byte[] large = Bytes.join(plain, new byte[MAX_BLOCK]);
        add(sink, "a block larger than 64 KiB once unpacked",
                Bytes.join(start, Lz4Frame.block(large), Lz4Frame.END));
        add(sink, "a block larger than 64 KiB in a frame of 256 KiB",
                Bytes.join(Lz4Frame.start(FLAGS, 0x50, NOTHING), Lz4Frame.block(large),
                        Lz4Frame.END));
    }

    private void addFrames(BadBatchLines.Sink sink) {
        byte[] frame = Bytes.join(Lz4Frame.start(), tail);
        byte[] skippable = Bytes.join(Bytes.hex("502a4d18"), Bytes.little(3), new byte[3]);
        add(sink, "a skippable frame before", Bytes.join(skippable, frame));
        add(sink, "a skippable frame behind", Bytes.join(frame, skippable));
        add(sink, "a frame of nothing before",
                Bytes.join(Lz4Frame.start(), Lz4Frame.END, frame));
        add(sink, "a bare block without a frame", Bytes.from(block, 4));
    }

    private void addStart(BadBatchLines.Sink sink, String text, int flags, int blockSize,
            byte[] rest) {
        add(sink, text, Bytes.join(Lz4Frame.start(flags, blockSize, rest), tail));
    }

    private static void add(BadBatchLines.Sink sink, String text, byte[] payload) {
        sink.add("lz4-frame", text, "lz4", true, RawBatch.framed("lz4", payload));
    }
}
