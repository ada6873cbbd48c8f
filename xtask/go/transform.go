package main

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Consumes, transforms and produces: offsets travel in the transactions, some of which are
// aborted and some left open by a client that goes away without a word.
type transform struct {
	*options
	output    string
	session   *kgo.GroupTransactSession
	committed *acks
	undone    map[string]bool
	// The committed position in each partition of the input.
	next                                        map[int32]int64
	attempts, aborted, abandoned, undoneRecords int64
}

func judgeTransactions(ctx context.Context, o *options) (*figures, error) {
	if _, err := fill(ctx, o); err != nil {
		return nil, err
	}
	t := &transform{
		options:   o,
		output:    o.topic + "-out",
		committed: newAcks(),
		undone:    make(map[string]bool),
		next:      make(map[int32]int64),
	}
	if err := createTopic(ctx, o, t.output); err != nil {
		return nil, err
	}
	began := time.Now()
	if err := t.transformAll(ctx); err != nil {
		return nil, err
	}
	return t.report(ctx, time.Since(began))
}

func (t *transform) transformAll(ctx context.Context) error {
	ends, err := endsOf(ctx, t.options, t.topic)
	if err != nil {
		return err
	}
	if err := t.open(); err != nil {
		return err
	}
	defer func() { t.session.Close() }()
	size := int(max(1, t.records/t.transactions))
	for !maps.Equal(t.next, ends) {
		fetches := t.session.PollRecords(ctx, size)
		if err := fetches.Err(); err != nil {
			return fmt.Errorf("transforming, at %v of %v: %w", t.next, ends, err)
		}
		if fetches.NumRecords() > 0 {
			if err := t.transform(ctx, fetches.Records()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *transform) open() error {
	opts, err := t.producer(
		kgo.TransactionalID(t.topic+"-id"),
		kgo.ConsumerGroup(t.topic+"-group"),
		kgo.ConsumeTopics(t.topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.RequireStableFetchOffsets(),
	)
	if err != nil {
		return err
	}
	t.session, err = kgo.NewGroupTransactSession(opts...)
	return err
}

func (t *transform) transform(ctx context.Context, records []*kgo.Record) error {
	attempt := strconv.FormatInt(t.attempts, 10)
	t.attempts++
	if err := t.session.Begin(); err != nil {
		return err
	}
	told := newAcks()
	for _, r := range records {
		t.send(ctx, r, attempt, told)
	}
	switch t.attempts % 10 {
	case 3, 6:
		t.aborted++
		return t.end(ctx, kgo.TryAbort, attempt, records, told)
	case 8:
		t.abandoned++
		return t.abandon(ctx, attempt, records)
	}
	return t.end(ctx, kgo.TryCommit, attempt, records, told)
}

func (t *transform) send(ctx context.Context, r *kgo.Record, attempt string, told *acks) {
	m := mark{producer: "transform", partition: r.Partition, number: r.Offset}
	made := m.record(t.output)
	made.Headers = append(made.Headers, kgo.RecordHeader{Key: "attempt", Value: []byte(attempt)})
	t.session.Produce(ctx, made, func(r *kgo.Record, err error) { told.add(m, r.Offset, err) })
}

// Flushed first, so that what an aborted transaction must hide is in the log.
func (t *transform) end(ctx context.Context, try kgo.TransactionEndTry, attempt string,
	records []*kgo.Record, told *acks,
) error {
	if err := t.session.Client().Flush(ctx); err != nil {
		return err
	}
	committed, err := t.session.End(ctx, try)
	if err != nil {
		return err
	}
	if !committed {
		// A rebalance may have made an abort out of what was meant as a commit.
		t.undo(attempt, records)
		return nil
	}
	t.committed.addAll(told)
	for _, r := range records {
		t.next[r.Partition] = r.Offset + 1
	}
	return nil
}

func (t *transform) abandon(ctx context.Context, attempt string, records []*kgo.Record) error {
	if err := t.session.Client().Flush(ctx); err != nil {
		return err
	}
	t.session.Close()
	t.undo(attempt, records)
	return t.open()
}

func (t *transform) undo(attempt string, records []*kgo.Record) {
	t.undone[attempt] = true
	t.undoneRecords += int64(len(records))
}

func (t *transform) report(ctx context.Context, taken time.Duration) (*figures, error) {
	found := newTally()
	var visible, inLog int64
	err := readAll(ctx, t.options, t.output, kgo.ReadCommitted(), func(r *kgo.Record) {
		found.take(r)
		visible += t.undoneCount(r)
	})
	if err != nil {
		return nil, err
	}
	err = readAll(ctx, t.options, t.output, kgo.ReadUncommitted(), func(r *kgo.Record) {
		inLog += t.undoneCount(r)
	})
	if err != nil {
		return nil, err
	}
	behind, err := t.behind(ctx)
	if err != nil {
		return nil, err
	}
	f := newFigures("franz-go transactions", taken)
	f.put("transactions", t.attempts)
	f.put("aborted", t.aborted)
	f.put("abandoned", t.abandoned)
	f.put("behind", behind)
	f.put("visible_aborted", visible)
	f.put("aborted_records", t.undoneRecords)
	f.put("aborted_in_log", inLog)
	f.demandDelivery(t.options, t.committed, found)
	f.demandZero("behind", "visible_aborted")
	f.demandEqual("aborted_records", "aborted_in_log")
	f.demand(t.aborted > 0 && t.abandoned > 0, "no transaction was undone")
	return f, nil
}

// How far the group's committed offsets are from where the transformation ended.
func (t *transform) behind(ctx context.Context) (int64, error) {
	client, err := kgo.NewClient(t.client()...)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	offsets, err := kadm.NewClient(client).FetchOffsets(ctx, t.topic+"-group")
	if err != nil {
		return 0, err
	}
	var behind int64
	for partition, next := range t.next {
		offset, _ := offsets.Lookup(t.topic, partition)
		behind += max(next-offset.At, offset.At-next)
	}
	return behind, nil
}

// One for a record of a transaction that was undone, else nothing.
func (t *transform) undoneCount(r *kgo.Record) int64 {
	for _, header := range r.Headers {
		if header.Key == "attempt" && t.undone[string(header.Value)] {
			return 1
		}
	}
	return 0
}
