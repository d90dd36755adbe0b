package public

import (
	"io/fs"
	"net/http"
	"time"

	"partwork/internal/audience"
	"partwork/internal/wording"
)

// ownView is what own.html may show.
type ownView struct {
	Lang, Dir, Root string // as in values
	words           *wording.Tongue
	// Own is nil until its holder asks for it.
	Own *audience.Own
	// Erasing asks once more before somebody is erased.
	Erasing bool
	// Asked says that the new address was asked, and Refused that what was Written is
	// none.
	Asked, Refused bool
	Written        string
}

// Date writes the date of a letter.
func (v ownView) Date(t time.Time) string { return v.words.Date(t) }

// ownPage returns what renders the private page. It fails if the template does, with
// any of what it may have to show.
func ownPage(files fs.FS, v values) (func(ownView) (page, error), error) {
	const name = "own.html"
	t, err := readFile(files, name, v.words)
	if err != nil {
		return nil, err
	}
	show := func(view ownView) (page, error) {
		view.Lang, view.Dir, view.Root, view.words = v.Lang, v.Dir, v.Root, v.words
		body, err := execute(t, name, view)
		return htmlPage(http.StatusOK, body), err
	}
	letters := []audience.OwnLetter{{}, {Subject: "s", SentAt: time.Unix(0, 0), View: "v"}}
	full := audience.Own{Address: "a", Name: "n"}
	for _, stage := range []audience.Stage{
		audience.StageComing, audience.StageLeaving, audience.StageWaiting, audience.StageHalted, audience.StageFinished, audience.StageOut,
	} {
		full.Series = append(full.Series, audience.OwnSeries{Stage: stage, Preferences: "p"}, audience.OwnSeries{Title: "t", Stage: stage, Letters: letters})
	}
	for _, view := range []ownView{{}, {Own: &audience.Own{}}, {Own: &full}, {Erasing: true}, {Asked: true}, {Refused: true, Written: "w"}} {
		if _, err := show(view); err != nil {
			return nil, err
		}
	}
	fold(t, v.words)
	return show, nil
}
