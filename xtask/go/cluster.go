package main

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

func createTopic(ctx context.Context, o *options, topic string) error {
	client, err := kgo.NewClient(o.client()...)
	if err != nil {
		return err
	}
	defer client.Close()
	_, err = kadm.NewClient(client).CreateTopic(ctx, partitions, -1, nil, topic)
	return err
}

// The ends of all partitions, open transactions included.
func endsOf(ctx context.Context, o *options, topic string) (map[int32]int64, error) {
	client, err := kgo.NewClient(o.client()...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	for {
		ends, err := askEnds(ctx, admin, topic)
		if !kerr.IsRetriable(err) {
			return ends, err
		}
		// A leader that is new may not know the end yet.
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

func askEnds(ctx context.Context, admin *kadm.Client, topic string) (map[int32]int64, error) {
	listed, err := admin.ListEndOffsets(ctx, topic)
	if err != nil {
		return nil, err
	}
	ends := make(map[int32]int64)
	for partition, end := range listed[topic] {
		if end.Err != nil {
			return nil, end.Err
		}
		ends[partition] = end.Offset
	}
	if len(ends) != partitions {
		return nil, fmt.Errorf("%s has %d partitions and not %d", topic, len(ends), partitions)
	}
	return ends, nil
}

// Reads every partition from its beginning to its end.
func readAll(ctx context.Context, o *options, topic string, level kgo.IsolationLevel,
	sink func(*kgo.Record),
) error {
	ends, err := endsOf(ctx, o, topic)
	if err != nil {
		return err
	}
	starts := make(map[int32]kgo.Offset)
	for partition := range ends {
		starts[partition] = kgo.NewOffset().AtStart()
	}
	client, err := kgo.NewClient(o.client(
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: starts}),
		kgo.FetchIsolationLevel(level),
		// They tell how far the reading is where the last transaction was aborted.
		kgo.KeepControlRecords(),
	)...)
	if err != nil {
		return err
	}
	defer client.Close()
	for next := make(map[int32]int64); !reached(next, ends); {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return fmt.Errorf("reading %s, at %v of %v: %w", topic, next, ends, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			next[r.Partition] = r.Offset + 1
			if !r.Attrs.IsControl() {
				sink(r)
			}
		})
	}
	return nil
}

func reached(next, ends map[int32]int64) bool {
	for partition, end := range ends {
		if next[partition] < end {
			return false
		}
	}
	return true
}
