package cli

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// steppedClock is calendar time that moves when it is told to.
type steppedClock struct{ ms atomic.Int64 }

func newSteppedClock(at time.Time) *steppedClock {
	c := &steppedClock{}
	c.ms.Store(at.UnixMilli())
	return c
}

func (c *steppedClock) now() time.Time { return time.UnixMilli(c.ms.Load()).UTC() }

// step moves the clock forward, never back.
func (c *steppedClock) step(to time.Time) {
	if ms := to.UnixMilli(); ms > c.ms.Load() {
		c.ms.Store(ms)
	}
}

// pacer steps the calendar to the next due instant whenever the sender is idle.
type pacer struct {
	*demo
	ctx      context.Context
	finished chan struct{}
	once     sync.Once
	told     int // issues that were reported as delivered to everybody
}

// idle implements app.ServeOptions.Idle.
func (p *pacer) idle(next time.Time) bool {
	p.report()
	if next.IsZero() {
		p.once.Do(func() {
			p.mail.finish()
			close(p.finished)
		})
		return false
	}
	if !p.exit && !p.stroll(next) {
		return false
	}
	p.clock.step(next)
	return true
}

// stroll lets the calendar pass visibly; false means that the demo ends.
func (p *pacer) stroll(next time.Time) bool {
	const week = 7 * 24 * time.Hour
	const frame = 50 * time.Millisecond
	perFrame := time.Duration(float64(week) * float64(frame) / float64(max(p.week, frame)))
	tick := time.NewTicker(frame)
	defer tick.Stop()
	for now := p.clock.now(); next.Sub(now) > perFrame; now = p.clock.now() {
		select {
		case <-p.ctx.Done():
			return false
		case <-tick.C:
			p.clock.step(now.Add(perFrame))
		}
	}
	return true
}

// report tells which issues have reached everybody since it last did.
func (p *pacer) report() {
	for p.told < len(p.campaign.Issues) {
		issue := &p.campaign.Issues[p.told]
		if !issue.Draft {
			got := p.mail.count(issue.Subject)
			if got < len(p.readers) {
				return
			}
			p.progress("  %6s  %-44s %d of %d", p.clock.now().Format("2 Jan"), issue.Subject, got, len(p.readers))
		}
		p.told++
	}
}
