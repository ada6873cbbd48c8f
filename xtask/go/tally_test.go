package main

import "testing"

func found(numbers ...int64) *tally {
	t := newTally()
	for offset, number := range numbers {
		r := mark{producer: "p", number: number}.record("topic")
		r.Offset = int64(offset)
		t.take(r)
	}
	return t
}

func told(offset int64, numbers ...int64) *acks {
	a := newAcks()
	for _, number := range numbers {
		a.add(mark{producer: "p", number: number}, offset, nil)
	}
	return a
}

func TestASecondCopyIsADuplicateAndNoReordering(t *testing.T) {
	if f := found(0, 1, 2, 1, 2, 3); f.duplicated != 2 || f.reordered != 0 {
		t.Error(f.duplicated, f.reordered)
	}
}

func TestAFirstCopyBehindALaterNumberIsAReordering(t *testing.T) {
	if f := found(0, 2, 1, 3); f.duplicated != 0 || f.reordered != 1 {
		t.Error(f.duplicated, f.reordered)
	}
}

func TestAnAcknowledgedRecordThatIsNotThereIsLost(t *testing.T) {
	if lost, misplaced := found(0, 2).compare(told(-1, 0, 1, 2)); lost != 1 || misplaced != 0 {
		t.Error(lost, misplaced)
	}
}

func TestARecordAtAnotherOffsetThanWasToldIsMisplaced(t *testing.T) {
	if lost, misplaced := found(0, 1).compare(told(0, 0, 1)); lost != 0 || misplaced != 1 {
		t.Error(lost, misplaced)
	}
}

func TestChangedContentIsForeign(t *testing.T) {
	f := newTally()
	r := mark{producer: "p", number: 7}.record("topic")
	r.Value[valueLength-1] ^= 1
	if f.take(r); f.foreign != 1 {
		t.Error(f.foreign)
	}
}
