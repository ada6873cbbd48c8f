package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// How many partitions a run's topics have.
const partitions = 3

// What a run is told.
type options struct {
	run          string
	bootstrap    string
	topic        string
	records      int64
	transactions int64
	codec        string
	mode         string
	demand       string
	limit        time.Duration
}

func parse(args []string) (*options, error) {
	if len(args) == 0 {
		return nil, errors.New("produce or transactions?")
	}
	o := &options{run: args[0]}
	flags := flag.NewFlagSet(o.run, flag.ContinueOnError)
	flags.StringVar(&o.bootstrap, "bootstrap", "", "addresses, separated by commas")
	flags.StringVar(&o.topic, "topic", "", "a topic that is not there yet")
	flags.Int64Var(&o.records, "records", 100_000, "how many records")
	flags.Int64Var(&o.transactions, "transactions", 60, "about how many transactions")
	flags.StringVar(&o.codec, "codec", "none", "none, gzip, snappy, lz4 or zstd")
	flags.StringVar(&o.mode, "mode", "idempotent", "idempotent or plain")
	flags.StringVar(&o.demand, "demand", "exact",
		"exact, or counted: duplicates and reorderings are told, not judged")
	flags.DurationVar(&o.limit, "limit", 10*time.Minute, "when to give up")
	if err := flags.Parse(args[1:]); err != nil {
		return nil, err
	}
	if o.bootstrap == "" || o.topic == "" || flags.NArg() > 0 {
		return nil, errors.New("--bootstrap and --topic are needed, and options only")
	}
	return o, nil
}

// Settings that every client of this run starts from.
func (o *options) client(more ...kgo.Opt) []kgo.Opt {
	return append([]kgo.Opt{kgo.SeedBrokers(strings.Split(o.bootstrap, ",")...)}, more...)
}

// Settings of a producer that puts each record where its mark says.
func (o *options) producer(more ...kgo.Opt) ([]kgo.Opt, error) {
	codecs := map[string]kgo.CompressionCodec{
		"none":   kgo.NoCompression(),
		"gzip":   kgo.GzipCompression(),
		"snappy": kgo.SnappyCompression(),
		"lz4":    kgo.Lz4Compression(),
		"zstd":   kgo.ZstdCompression(),
	}
	codec, ok := codecs[o.codec]
	if !ok {
		return nil, fmt.Errorf("%q is no codec", o.codec)
	}
	opts := o.client(
		kgo.ProducerBatchCompression(codec),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerLinger(5*time.Millisecond),
	)
	if o.mode == "plain" {
		opts = append(opts, kgo.DisableIdempotentWrite(), kgo.MaxProduceRequestsInflightPerBroker(5))
	}
	return append(opts, more...), nil
}
