package scheduler

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// Now is the pair of clocks: Calendar says when issues are due, Machine rules
// leases.
type Now struct {
	Calendar, Machine time.Time
}

// Program is a campaign that can be planned: its files, its record as it was when
// the store was told about them, and the content to send for each issue.
type Program struct {
	Campaign *drip.Campaign
	Record   store.CampaignRecord
	// Contents holds the content for each of Campaign.Issues; zero where none
	// may be sent, so that readers who reach it wait.
	Contents []drip.ContentID
	// Confirmation is the content of the confirmation mail.
	Confirmation drip.ContentID
}

// Config are the scheduler's limits. New fills in defaults for zero values.
type Config struct {
	// Owner is this process's random number; it signs claims.
	Owner int64
	// Page is the number of enrollments looked at in one round; 256 if zero.
	Page int
	// Backlog is the number of unmarked claims beyond which nothing more is
	// claimed; 1024 if zero.
	Backlog int
	// Lease is how long a claim belongs to this process; 5 min if zero.
	Lease time.Duration
	// DailyLimit is the number of issues that a person may get on one date of
	// theirs, over all campaigns; 0 = no limit.
	DailyLimit int
	// Timezone is the instance's IANA zone, for readers without one.
	Timezone string
	// Zones resolves IANA names.
	Zones *timing.Zones
}

// Scheduler is the state machine. It must be used from one goroutine.
type Scheduler struct {
	cfg      Config
	programs map[drip.CampaignNo]*program
	lease    time.Time // the end of the latest lease; leases grow strictly
	busy     bool      // a Load or Commit is out
	again    bool      // a Wake came meanwhile
	upcoming store.Upcoming
	now      Now
}

// storeRetry is the pause after the store failed.
const storeRetry = time.Second

// New returns a scheduler without programs.
func New(cfg Config) *Scheduler {
	if cfg.Page == 0 {
		cfg.Page = 256
	}
	if cfg.Backlog == 0 {
		cfg.Backlog = 1024
	}
	if cfg.Lease == 0 {
		cfg.Lease = 5 * time.Minute
	}
	if cfg.Zones == nil {
		cfg.Zones = timing.NewZones()
	}
	return &Scheduler{cfg: cfg}
}

// Step takes an event and returns what is to be done about it, in order.
func (s *Scheduler) Step(now Now, ev Event) []Effect {
	s.now = now
	switch ev := ev.(type) {
	case Wake:
		return s.look()
	case Loaded:
		return s.loaded(ev)
	case Committed:
		return s.committed(ev)
	}
	return nil
}

// look starts a round unless one is running.
func (s *Scheduler) look() []Effect {
	if s.busy {
		s.again = true
		return nil
	}
	s.busy, s.again = true, false
	query := store.DueQuery{Calendar: s.now.Calendar, Machine: s.now.Machine, Limit: s.cfg.Page, Others: s.cfg.DailyLimit > 0}
	query.Who, query.Sent = s.known()
	return []Effect{Load{Owner: s.cfg.Owner, Query: query, BacklogLimit: s.cfg.Backlog}}
}

func (s *Scheduler) loaded(ev Loaded) []Effect {
	if ev.Err != nil {
		return s.rest(ev.Err)
	}
	s.programs = index(ev.Programs, ev.Records)
	s.upcoming = ev.Upcoming
	if len(ev.Due) == 0 || ev.Backlog >= s.cfg.Backlog {
		if ev.Backlog >= s.cfg.Backlog {
			// The outbox asks again when it has worked some off; leases end
			// anyway. Nothing that is overdue may keep the timer spinning.
			s.upcoming = store.Upcoming{Machine: s.now.Machine.Add(s.cfg.Lease)}
		}
		return s.rest(nil)
	}
	s.lease = latest(s.lease.Add(time.Millisecond), s.now.Machine.Add(s.cfg.Lease)).Truncate(time.Millisecond)
	plan := store.PlanCommit{
		Owner: s.cfg.Owner, Calendar: s.now.Calendar, Machine: s.now.Machine,
		Decisions: make([]store.Decision, 0, len(ev.Due)),
	}
	for i := range ev.Due {
		if !s.stranger(&ev.Due[i]) {
			plan.Decisions = append(plan.Decisions, s.decide(&ev.Due[i]))
		}
	}
	return []Effect{Commit{Plan: plan}}
}

func (s *Scheduler) committed(ev Committed) []Effect {
	if ev.Err != nil {
		return s.rest(ev.Err)
	}
	s.busy = false
	var effects []Effect
	if ev.Claimed > 0 {
		effects = append(effects, Claimed{Count: ev.Claimed})
	}
	// Deciding moves hints, so what comes next must be asked again.
	return append(effects, s.look()...)
}

// rest ends a round without anything (more) to decide.
func (s *Scheduler) rest(err error) []Effect {
	s.busy = false
	if err != nil {
		return []Effect{Trouble{Err: err}, Sleep{Machine: s.now.Machine.Add(storeRetry)}}
	}
	if s.again {
		return s.look()
	}
	return []Effect{Sleep{Calendar: s.upcoming.Calendar, Machine: s.upcoming.Machine}}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
