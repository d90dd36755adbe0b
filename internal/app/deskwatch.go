package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"maps"

	"github.com/fsnotify/fsnotify"

	"partwork/internal/config"
	"partwork/templates"
)

// deskGather is how long the preview waits for more changes after the first: long
// enough for an editor that writes a file in pieces, and too short to be felt.
const deskGather = 12 * time.Millisecond

// DeskFiles are the files that the preview shows: campaigns and templates, wherever
// links lead.
type DeskFiles struct {
	campaigns, overlay string
}

// NewDeskFiles returns those of a configuration.
func NewDeskFiles(cfg *config.Config) *DeskFiles {
	return &DeskFiles{campaigns: cfg.Campaigns, overlay: cfg.Templates}
}

// Print is what the files look like from outside: names, sizes and times. It changes
// when one of them is saved, and costs a look at each. The extra files count as well.
func (d *DeskFiles) Print(extra ...string) string {
	campaigns, done := (&Library{open: folderAt(d.campaigns)}).openFolder()
	defer done()
	parts := glance(campaigns, templates.Overlay(d.overlay))
	h := sha256.New()
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		p := parts[part]
		fmt.Fprintf(h, "%q %x\n", part, p.digest)
	}
	for _, name := range extra {
		if info, err := os.Stat(name); err == nil {
			fmt.Fprintf(h, "%q %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Watch calls changed after the files changed, until ctx ends. An error says that
// nothing can be heard of them at all.
func (d *DeskFiles) Watch(ctx context.Context, changed func()) error {
	folders := []string{d.campaigns}
	if d.overlay != "" {
		folders = append(folders, d.overlay)
	}
	w, err := newWatcher(folders...)
	if err != nil {
		return err
	}
	defer func() { _ = w.close() }()
	if _, err := w.follow(); err != nil {
		return err
	}
	gather := time.NewTimer(0)
	gather.Stop()
	defer gather.Stop()
	search := time.NewTicker(searchEvery)
	defer search.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case ev, open := <-w.notify.Events:
			if !open {
				return errors.New("watching ended")
			}
			if w.concerns(ev) && ev.Op != fsnotify.Chmod {
				gather.Reset(deskGather)
			}
		case <-w.notify.Errors: // events were lost
			gather.Reset(deskGather)
		case <-search.C:
			// Links that were pointed elsewhere and folders that came late are found
			// by looking.
			if again, _ := w.follow(); again {
				gather.Reset(deskGather)
			}
		case <-gather.C:
			_, _ = w.follow() // a folder that is new is watched from now on
			changed()
		}
	}
}
