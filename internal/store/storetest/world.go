package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// world is a store with one campaign of three issues, and what is needed to
// move people through it. The two clocks are years apart, so that mixing them
// up shows.
type world struct {
	*testing.T
	ctx      context.Context
	store    store.Store
	campaign store.CampaignRecord
	content  drip.ContentID
	now      time.Time // calendar
	machine  time.Time
	lease    time.Time
	people   int
}

// owner is the process that the tests are.
const owner int64 = 7

const (
	leaseTime = 5 * time.Minute
	week      = 7 * 24 * time.Hour
)

func newWorld(t *testing.T, s store.Store) *world {
	t.Helper()
	w := &world{
		T: t, ctx: t.Context(), store: s,
		now:     time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC), // a Tuesday
		machine: time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC),
	}
	w.campaign = w.sync(w.files())
	id, err := s.SaveContent(w.ctx, sha256.Sum256([]byte("one")), []byte("one"), w.now)
	w.must(err)
	w.content = id
	return w
}

// files is what the campaign's folder says.
func (w *world) files() store.CampaignSync {
	return store.CampaignSync{
		ID: "letters", Key: "k1", Timetable: "tuesdays", Outline: "a b c",
		Issues: []string{"a", "b", "c"}, ReopenWithin: 180 * 24 * time.Hour, Now: w.now,
	}
}

// sync makes the store follow the files, by a process that has just read what is
// in force.
func (w *world) sync(sync store.CampaignSync) store.CampaignRecord {
	w.Helper()
	sync.From = w.record(sync.ID).Definition
	record, err := w.store.SyncCampaign(w.ctx, sync)
	w.must(err)
	return record
}

// record returns the store's record of a campaign, the zero record if none.
func (w *world) record(id string) store.CampaignRecord {
	w.Helper()
	records, err := w.store.Campaigns(w.ctx)
	w.must(err)
	for _, record := range records {
		if record.ID == id {
			return record
		}
	}
	return store.CampaignRecord{}
}

func (w *world) issue(id string) drip.IssueNo {
	w.Helper()
	no := w.campaign.Issues[id]
	if no == 0 {
		w.Fatalf("issue %s has no number", id)
	}
	return no
}

func (w *world) change(verb store.CampaignVerb) store.CampaignRecord {
	w.Helper()
	record, err := w.store.ChangeCampaign(w.ctx, store.CampaignChange{Campaign: w.campaign.No, Verb: verb, Now: w.now})
	w.must(err)
	return record
}

// pass lets time pass on both clocks.
func (w *world) pass(d time.Duration) {
	w.now, w.machine = w.now.Add(d), w.machine.Add(d)
}

// address returns the address of somebody.
func (w *world) address(s string) mailaddr.Address {
	w.Helper()
	a, err := mailaddr.Parse(s)
	w.must(err)
	return a
}

// hash stands for an address; the store does not care how it is made.
func hash(a mailaddr.Address) mailaddr.Hash {
	sum := sha256.Sum256([]byte(a.Key()))
	return mailaddr.Hash(sum[:16])
}

// row is a line of a list.
func (w *world) row(email, name, zone string) store.Person {
	w.Helper()
	a := w.address(email)
	return store.Person{Email: a, Hash: hash(a), Name: name, Timezone: zone}
}

// imported imports rows and returns the outcomes, which a rehearsal foretells.
func (w *world) imported(chunk store.ImportChunk, rows ...store.Person) []store.RowOutcome {
	w.Helper()
	if chunk.Now.IsZero() {
		chunk.Now = w.now
	}
	chunk.Rows = rows
	foretold, err := w.store.RehearseRows(w.ctx, store.ImportStart{At: chunk.Now}, chunk)
	w.must(err)
	outcomes, err := w.store.ImportRows(w.ctx, chunk)
	w.must(err)
	if len(outcomes) != len(rows) || len(foretold) != len(rows) {
		w.Fatalf("%d outcomes, and %d in the rehearsal, for %d rows", len(outcomes), len(foretold), len(rows))
	}
	for i, outcome := range outcomes {
		if outcome.Result == store.RowNew {
			foretold[i].Subscriber = outcome.Subscriber // nobody has the number that it told
		}
		same(w, "an outcome in the rehearsal", foretold[i], outcome)
	}
	return outcomes
}

// batch opens an import with a stated consent.
func (w *world) batch() store.ImportRecord {
	w.Helper()
	record, err := w.store.StartImport(w.ctx, store.ImportStart{
		File: "list.csv", Consent: "they signed", Source: drip.ConsentImport, At: w.now,
	})
	w.must(err)
	return record
}

// person adds somebody new without a consent.
func (w *world) person() drip.Subscriber {
	w.Helper()
	w.people++
	out := w.imported(store.ImportChunk{}, w.row(fmt.Sprintf("Reader%d@example.org", w.people), "Anna", "Europe/London"))
	p, err := w.store.Subscriber(w.ctx, out[0].Subscriber)
	w.must(err)
	return p
}

// pending enrolls somebody new who has to confirm and was asked to.
func (w *world) pending() drip.Enrollment {
	w.Helper()
	e, err := w.store.Enroll(w.ctx, store.NewEnrollment{
		Subscriber: w.person().ID, Campaign: w.campaign.No, Start: drip.StartOnJoin, Invite: true, Now: w.now,
	})
	w.must(err)
	return e
}

// reader enrolls somebody new who has consented.
func (w *world) reader() drip.Enrollment {
	w.Helper()
	e, err := w.store.Enroll(w.ctx, store.NewEnrollment{
		Subscriber: w.person().ID, Campaign: w.campaign.No, Start: drip.StartOnJoin,
		Consent: w.batch().Consent, Now: w.now,
	})
	w.must(err)
	return e
}

// enrollment reads an enrollment as it is now.
func (w *world) enrollment(id drip.EnrollmentID) drip.Enrollment {
	w.Helper()
	e, err := w.store.Enrollment(w.ctx, id)
	w.must(err)
	return e
}

// history reads what a plan would be based on.
func (w *world) history(id drip.EnrollmentID) store.Due {
	w.Helper()
	due, err := w.store.History(w.ctx, id)
	w.must(err)
	return due
}

// decision starts a decision from how things stand, as a scheduler would.
func (w *world) decision(kind store.DecisionKind, id drip.EnrollmentID, issue string) store.Decision {
	w.Helper()
	due := w.history(id)
	w.lease = w.lease.Add(time.Millisecond)
	if earliest := w.machine.Add(leaseTime); w.lease.Before(earliest) {
		w.lease = earliest
	}
	d := store.Decision{
		Kind: kind, Enrollment: id, Revision: due.Enrollment.Revision, Lease: w.lease,
		Slot: w.slot(), SendBy: w.now.Add(24 * time.Hour), Content: w.content,
	}
	if issue != "" {
		d.Issue = w.issue(issue)
	}
	if due.Open != nil {
		d.Attempt = due.Open.Attempt
	}
	return d
}

// slot is the slot that comes now.
func (w *world) slot() timing.Slot {
	return timing.Slot{Wall: timing.WallAt(w.now), Zone: "Europe/London", At: w.now}
}

// commit applies decisions and returns how many claims were made.
func (w *world) commit(decisions ...store.Decision) int {
	w.Helper()
	n, err := w.store.CommitPlan(w.ctx, store.PlanCommit{
		Owner: owner, Calendar: w.now, Machine: w.machine, Decisions: decisions,
	})
	w.must(err)
	return n
}

// claim claims an issue and returns its fence.
func (w *world) claim(id drip.EnrollmentID, issue string) store.Fence {
	w.Helper()
	if w.commit(w.decision(store.DecideClaim, id, issue)) != 1 {
		w.Fatalf("issue %s was not claimed for enrollment %d", issue, id)
	}
	return store.Fence{
		DeliveryKey: drip.DeliveryKey{Enrollment: id, Issue: w.issue(issue)}, Attempt: w.history(id).Open.Attempt,
	}
}

// round commits outcomes and marks.
func (w *world) round(outcomes []store.Outcome, marks []store.Mark) store.RoundResult {
	w.Helper()
	result, err := w.store.CommitRound(w.ctx, store.Round{
		Calendar: w.now, Machine: w.machine, Outcomes: outcomes, Marks: marks,
	})
	w.must(err)
	if len(result.Marked) != len(marks) || len(result.Settled) != len(outcomes) {
		w.Fatalf("%d answers to %d marks, %d to %d outcomes",
			len(result.Marked), len(marks), len(result.Settled), len(outcomes))
	}
	return result
}

func (w *world) markOf(f store.Fence) store.Mark {
	return store.Mark{Fence: f, Lease: w.machine.Add(20 * time.Minute), LocalDate: timing.DateAt(w.now)}
}

// mark marks a claim and reports whether that was allowed.
func (w *world) mark(f store.Fence) bool {
	w.Helper()
	return w.round(nil, []store.Mark{w.markOf(f)}).Marked[0]
}

// mustMark marks a claim.
func (w *world) mustMark(f store.Fence) {
	w.Helper()
	if !w.mark(f) {
		w.Fatalf("enrollment %d, issue %d could not be marked", f.Enrollment, f.Issue)
	}
}

// outcome is an answer of the relay that makes of the delivery what state says.
func (w *world) outcome(f store.Fence, state drip.DeliveryState) store.Outcome {
	o := store.Outcome{Fence: f, State: state}
	switch state {
	case drip.DeliverySent:
		o.Class = drip.ClassAccepted
		o.Reply = drip.Reply{Phase: drip.PhaseFinal, Code: 250, Enhanced: "2.0.0", Text: "queued as 1A"}
	case drip.DeliveryRefused:
		o.Class, o.Reason = drip.ClassRecipient, drip.ReasonRecipient
		o.Reply = drip.Reply{Phase: drip.PhaseRcpt, Code: 550, Enhanced: "5.1.1", Text: "no such user"}
	case drip.DeliveryDeferred:
		o.Class, o.RetryAt = drip.ClassDeferred, w.machine.Add(6*time.Minute)
		o.Reply = drip.Reply{Phase: drip.PhaseRcpt, Code: 451, Enhanced: "4.7.1", Text: "greylisted"}
	case drip.DeliveryUnknown:
		o.Class, o.Reply = drip.ClassUnknown, drip.Reply{Phase: drip.PhaseFinal, Text: "i/o timeout"}
	default:
		o.Class, o.Reply = drip.ClassTransport, drip.Reply{Phase: drip.PhaseData, Text: "connection reset"}
	}
	return o
}

// settle commits one outcome and reports whether it counted.
func (w *world) settle(f store.Fence, state drip.DeliveryState) bool {
	w.Helper()
	return w.round([]store.Outcome{w.outcome(f, state)}, nil).Settled[0]
}

// mustSettle commits one outcome that must count.
func (w *world) mustSettle(f store.Fence, state drip.DeliveryState) {
	w.Helper()
	if !w.settle(f, state) {
		w.Fatalf("enrollment %d, issue %d could not become %s", f.Enrollment, f.Issue, state)
	}
}

// send claims, marks and sends an issue.
func (w *world) send(id drip.EnrollmentID, issue string) store.Fence {
	w.Helper()
	f := w.claim(id, issue)
	w.mustMark(f)
	w.mustSettle(f, drip.DeliverySent)
	return f
}

// rest clears the hint.
func (w *world) rest(id drip.EnrollmentID) {
	w.Helper()
	w.commit(w.decision(store.DecideRest, id, ""))
	if !w.enrollment(id).NextAt.IsZero() {
		w.Fatal("the hint was not cleared")
	}
}

// delivery reads a row of the ledger; the zero value says that there is none.
func (w *world) delivery(f store.Fence) drip.Delivery {
	w.Helper()
	entries, err := w.store.Log(w.ctx, store.LogFilter{Subscriber: w.enrollment(f.Enrollment).Subscriber})
	w.must(err)
	for _, entry := range entries {
		if entry.DeliveryKey == f.DeliveryKey {
			return entry.Delivery
		}
	}
	return drip.Delivery{}
}

// stateIs compares the state of a delivery.
func (w *world) stateIs(f store.Fence, want drip.DeliveryState) {
	w.Helper()
	same(w, "the delivery's state", w.delivery(f).State, want)
}

// dueNow returns what is due.
func (w *world) dueNow() []store.Due {
	w.Helper()
	due, err := w.store.Due(w.ctx, store.DueQuery{Calendar: w.now, Machine: w.machine, Limit: 100})
	w.must(err)
	return due
}

// isDue reports whether an enrollment is due.
func (w *world) isDue(id drip.EnrollmentID) bool {
	w.Helper()
	for _, due := range w.dueNow() {
		if due.Enrollment.ID == id {
			return true
		}
	}
	return false
}

// leave ends an enrollment.
func (w *world) leave(id drip.EnrollmentID) drip.Enrollment {
	w.Helper()
	e, err := w.store.Leave(w.ctx, id, drip.LeftByReader, w.now)
	w.must(err)
	return e
}

// restart has a reader start over.
func (w *world) restart(id drip.EnrollmentID) drip.Enrollment {
	w.Helper()
	e, err := w.store.StartOver(w.ctx, id, w.now)
	w.must(err)
	return e
}

// comeBack enrolls somebody who left, and confirms: they continue the earlier
// enrollment, or begin anew if it is zero.
func (w *world) comeBack(left drip.Enrollment, earlier drip.EnrollmentID) drip.Enrollment {
	w.Helper()
	yes := w.consent()
	yes.Continue = earlier
	e, err := w.store.Confirm(w.ctx, w.inviteAgain(left).ID, yes)
	w.must(err)
	return e
}

// inviteAgain enrolls somebody who left, and asks them to confirm.
func (w *world) inviteAgain(left drip.Enrollment) drip.Enrollment {
	w.Helper()
	e, err := w.store.Enroll(w.ctx, store.NewEnrollment{
		Subscriber: left.Subscriber, Campaign: left.Campaign, Start: drip.StartOnJoin, Invite: true, Now: w.now,
	})
	w.must(err)
	return e
}

// suppression is one for an address.
func (w *world) suppression(a mailaddr.Address, reason drip.SuppressionReason) drip.Suppression {
	return drip.Suppression{Hash: hash(a), Reason: reason, At: w.now}
}

// fails checks that err wraps want.
func (w *world) fails(err, want error) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Errorf("the error is %v, want one that wraps %q", err, want)
	}
}
