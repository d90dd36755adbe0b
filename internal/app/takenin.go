package app

import (
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
)

// takenIn counts what came into force from the files.
type takenIn struct{ campaigns, added, edited, removed int }

// add counts the issues of a version against those of the version before it.
func (t *takenIn) add(before store.CampaignRecord, is scheduler.Program) {
	t.campaigns++
	was := scheduler.Program{Campaign: &drip.Campaign{}}
	if last, err := recollect(before); err == nil && !last.none() {
		if p, err := last.program(before); err == nil {
			was = p
		}
	}
	kept := 0
	for i := range is.Campaign.Issues {
		old := was.Campaign.Issue(is.Campaign.Issues[i].ID)
		if old < 0 {
			t.added++
			continue
		}
		kept++
		if was.Contents[old] != is.Contents[i] || len(issueChanges(&was.Campaign.Issues[old], &is.Campaign.Issues[i])) > 0 {
			t.edited++
		}
	}
	t.removed += len(was.Campaign.Issues) - kept
}

// tookIn returns what came into force since the last call.
func (l *Library) tookIn() takenIn {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.takenIn
	l.takenIn = takenIn{}
	return t
}
