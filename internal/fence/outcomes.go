package fence

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"partwork/internal/drip"
)

// Outcome is how an attempt at a delivery ended. It has no address: of the relay's
// reply they were taken out.
type Outcome struct {
	Enrollment drip.EnrollmentID `json:"enrollment"`
	Issue      drip.IssueNo      `json:"issue"`
	Attempt    int               `json:"attempt"`
	// State is what the delivery becomes; Reason says why it is refused.
	State  drip.DeliveryState  `json:"state"`
	Reason drip.DeliveryReason `json:"reason,omitempty"`
	Class  drip.Class          `json:"class"`

	Phase    drip.Phase `json:"phase"`
	Code     int        `json:"code"`
	Enhanced string     `json:"enhanced,omitempty"`
	Text     string     `json:"text,omitempty"`

	// At is the calendar time at which it ended; RetryAt the machine time of the next
	// attempt, if there is to be one.
	At      time.Time `json:"at"`
	RetryAt time.Time `json:"retry_at,omitzero"`
	// Suppress is why the recipient is suppressed; empty if they are not.
	Suppress drip.SuppressionReason `json:"suppress,omitempty"`
}

// outcomesFile is the name of the file for a database.
func outcomesFile(uuid string) string { return "outcomes." + uuid + ".json" }

// WriteOutcomes replaces what is kept for the database with that uuid, durably and at once.
func (f Folder) WriteOutcomes(uuid string, list []Outcome) error {
	b, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return err
	}
	return f.replace(outcomesFile(uuid), append(b, '\n'))
}

// Outcomes reads what is kept for a database. It returns fs.ErrNotExist if that is
// nothing, and a [*DamagedError] if it is not what WriteOutcomes wrote.
func (f Folder) Outcomes(uuid string) ([]Outcome, error) {
	name := f.OutcomesName(uuid)
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, &DamagedError{name, err}
	}
	var list []Outcome
	if err := decode(b, &list); err != nil {
		return nil, &DamagedError{name, err}
	}
	for i := range list {
		if !list[i].sound() {
			return nil, &DamagedError{name, fmt.Errorf("outcome %d is none: %+v", i+1, list[i])}
		}
	}
	return list, nil
}

// sound reports whether a database can take an outcome.
func (o *Outcome) sound() bool {
	switch o.State {
	case drip.DeliverySent, drip.DeliveryUnknown, drip.DeliveryDeferred, drip.DeliveryPlanned:
		if o.Reason != "" {
			return false
		}
	case drip.DeliveryRefused:
		if o.Reason != drip.ReasonRecipient && o.Reason != drip.ReasonMessage {
			return false
		}
	default:
		return false
	}
	known := false
	for _, class := range drip.Classes() {
		known = known || o.Class == class
	}
	return known && o.Enrollment > 0 && o.Issue > 0 && o.Attempt > 0 && !o.At.IsZero() &&
		(o.Suppress == "" || o.Suppress == drip.SuppressedByBounce)
}

// RemoveOutcomes forgets what is kept for a database. There being nothing is no error.
func (f Folder) RemoveOutcomes(uuid string) error {
	err := os.Remove(f.OutcomesName(uuid))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.sync()
}

// SetOutcomesAside gives the file another name, with the time in it, so that a person
// can look at it. It returns the new name.
func (f Folder) SetOutcomesAside(uuid string, now time.Time) (string, error) {
	return f.setAside(outcomesFile(uuid), now)
}

// OutcomesName returns the name of the file for a database.
func (f Folder) OutcomesName(uuid string) string { return filepath.Join(f.dir, outcomesFile(uuid)) }
