package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

const (
	// rereadEvery is how often the files are read again although nothing was
	// heard of them: some file systems tell nothing.
	rereadEvery = 30 * time.Second
	// gather is how long to wait for more changes after the first.
	gather = 100 * time.Millisecond
	// searchEvery is how often to look for a folder that does not exist.
	searchEvery = 2 * time.Second
	// catchUp is the least time between two readings because another process
	// was ahead. Two that read different files would keep each other busy.
	catchUp = 4 * time.Second
	// readAgain is the pause after the store failed.
	readAgain = 5 * time.Second
)

// curator keeps the library and the pages in step with the files, in a goroutine
// of its own.
type curator struct {
	library  *Library
	pages    *readerPages
	health   *health
	calendar timing.Clock
	machine  timing.Clock
	log      *slog.Logger
	// watch is nil if nothing can be heard of the files.
	watch *watcher
	// changed is told after every reading.
	changed func()

	asks, behind chan struct{}
	read         time.Time // the latest reading, machine
	said         []drip.Finding
	saidPages    error
	deaf         bool // that something cannot be watched was said
}

// curator returns one for the instance.
func (in *Instance) curator(pages *readerPages, h *health, changed func()) *curator {
	c := &curator{
		library: in.Library, pages: pages, health: h, calendar: in.calendar, machine: in.machine, log: in.log,
		changed: changed, asks: make(chan struct{}, 1), behind: make(chan struct{}, 1),
	}
	if len(in.folders) == 0 {
		return c
	}
	watch, err := newWatcher(in.folders...)
	if err != nil {
		c.cannotWatch(err)
		return c
	}
	c.watch = watch
	return c
}

// ask asks to read the files now. It never blocks.
func (c *curator) ask() { poke(c.asks) }

// overtaken says that another process seems to have read newer files, or to have
// recorded an approval. It never blocks.
func (c *curator) overtaken() { poke(c.behind) }

func poke(asks chan<- struct{}) {
	select {
	case asks <- struct{}{}:
	default: // one is waiting already
	}
}

// run works until ctx ends.
func (c *curator) run(ctx context.Context) {
	var events chan fsnotify.Event
	var failures chan error
	if c.watch != nil {
		events, failures = c.watch.notify.Events, c.watch.notify.Errors
		defer func() { _ = c.watch.close() }()
	}
	search := time.NewTicker(searchEvery)
	defer search.Stop()
	wake := time.NewTimer(0)
	defer wake.Stop()
	at := c.machine()
	next := func(after time.Duration) {
		if then := c.machine().Add(after); at.IsZero() || then.Before(at) {
			at = then
			wake.Reset(after)
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case ev := <-events:
			if c.watch.concerns(ev) {
				next(gather)
			}
		case <-failures: // events were lost
			next(gather)
		case <-c.asks:
			next(0)
		case <-c.behind:
			next(min(catchUp, max(0, catchUp-c.machine().Sub(c.read))))
		case <-search.C:
			if c.found() {
				next(gather)
			}
		case <-wake.C:
			at = time.Time{}
			if again := c.look(ctx); again > 0 {
				next(again)
			}
		}
	}
}

// found reports whether a folder that did not exist does now.
func (c *curator) found() bool {
	if c.watch == nil || !c.watch.ground.missing {
		return false
	}
	changed, _ := c.watch.follow() // the reading that follows says what is wrong
	return changed
}

// look reads the files and returns when to do so again; zero if only when
// something happens.
func (c *curator) look(ctx context.Context) time.Duration {
	if c.watch != nil {
		// Watching comes before reading: what changes in between is heard.
		if _, err := c.watch.follow(); err != nil {
			c.cannotWatch(err)
		}
	}
	again, err := c.library.reload(ctx, c.calendar())
	c.read = c.machine()
	switch {
	case ctx.Err() != nil:
		return 0
	case err != nil:
		c.log.Error("read campaigns; what was in force stays", "error", root(err))
		return readAgain
	}
	if t := c.library.tookIn(); t.campaigns > 0 {
		c.log.Info("files taken in", "campaigns", t.campaigns, "issues_new", t.added, "edited", t.edited, "removed", t.removed)
	}
	wait := c.pages.refresh()
	c.tellPages()
	if again == 0 {
		c.tell()
	}
	c.changed()
	if again == 0 || wait > 0 && wait < again {
		again = wait
	}
	return again
}

// tellPages says when the pages' templates have an error.
func (c *curator) tellPages() {
	trouble := c.pages.trouble
	c.health.pages(trouble)
	if trouble != nil && trouble != c.saidPages {
		c.log.Error("the templates of the readers' pages have an error; the pages stay as they were; `partwork status` says more")
	}
	c.saidPages = trouble
}

// tell logs how the files are when that has changed. What is wrong with which
// stays out of the log, where names of campaigns do not belong.
func (c *curator) tell() {
	found := c.library.Findings()
	if slices.Equal(c.said, found) {
		return
	}
	c.said = found
	errs := 0
	for _, f := range found {
		if f.Severity == drip.SeverityError {
			errs++
		}
	}
	kept := c.library.keptCount()
	switch {
	case errs > 0:
		c.log.Error("campaign files have errors; what was good stays in force; `partwork status` says more",
			"errors", errs, "warnings", len(found)-errs, "campaigns_kept", kept)
	case len(found) > 0:
		c.log.Warn("campaign files can be used; `partwork check` shows the warnings", "warnings", len(found), "campaigns_kept", kept)
	default:
		c.log.Info("campaign files are good")
	}
}

// cannotWatch says once that changes are not heard of.
func (c *curator) cannotWatch(err error) {
	if !c.deaf {
		c.log.Warn("the files cannot be watched; they are read from time to time", "every", rereadEvery, "error", root(err))
	}
	c.deaf = true
}

// root returns the innermost error: those around it may name a campaign.
func root(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}
