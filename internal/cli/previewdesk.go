package cli

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"partwork/internal/app"
	"partwork/internal/campaignfile"
	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/preview"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// shelf reads everything afresh.
func (e *env) shelf() (preview.Shelf, error) {
	f, err := e.openFolder()
	if err != nil {
		return preview.Shelf{}, err
	}
	defer f.close()
	templates := filepath.ToSlash(relative(f.cfg.Templates))
	shelf := preview.Shelf{
		Layouts: f.layouts, Folder: f.name, Templates: templates, Zone: f.cfg.Timezone,
		Findings: append(f.library.Findings, f.misfits()...),
		Links:    specimen{folder: f}.links(),
		Compose:  func(c preview.Copy) (*compose.Message, error) { return e.copyOf(f, c) },
		Doubts:   e.doubts, Source: e.source(f.name, templates),
	}
	for _, c := range f.library.Campaigns {
		series := preview.Series{Campaign: c}
		personas, _ := campaignfile.Personas(f.root.FS(), c, f.options)
		for _, p := range personas {
			series.Personas = append(series.Personas, drip.Subscriber{
				Email: p.Email, Name: p.Name, Timezone: p.Timezone, Attributes: p.Attributes,
			})
			series.Who = append(series.Who, p.Facts())
		}
		shelf.Series = append(shelf.Series, series)
	}
	return shelf, nil
}

// misfits are findings that lie between the files and the configuration, and those of
// layouts that cannot be used.
func (f *folder) misfits() []drip.Finding {
	all := append(f.unsigned(), f.unaligned()...)
	if f.layoutsErr != nil {
		all = append(all, f.badLayouts())
	}
	return all
}

// specimenOf is a copy of the preview as a specimen. Both are made into a message by
// the same function.
func (e *env) specimenOf(f *folder, c preview.Copy) (specimen, error) {
	s := specimen{
		folder: f, campaign: c.Campaign, issue: c.Issue, now: c.At,
		persona: campaignfile.Persona{Email: c.Reader.Email, Name: c.Reader.Name, Timezone: c.Reader.Timezone, Attributes: c.Reader.Attributes},
	}
	var err error
	if c.Reader.ID != 0 && c.Edition.UsesSeries() {
		s.own, err = e.ownSeries(context.Background(), c.Campaign, c.Reader.ID)
	}
	return s, err
}

// copyOf makes a message for the preview, signed if letters are signed and the key can
// be used.
func (e *env) copyOf(f *folder, c preview.Copy) (*compose.Message, error) {
	s, err := e.specimenOf(f, c)
	if err != nil {
		return nil, err
	}
	if signer, err := app.SignerOf(f.cfg); err == nil {
		s.signer = signer
	}
	return s.of(c.Edition)
}

// sendCopy sends a copy as `partwork send-test` does.
func (e *env) sendCopy(ctx context.Context, c preview.Copy, to mailaddr.Address) (preview.Sent, error) {
	cfg, err := e.config()
	if err != nil {
		return preview.Sent{}, err // without a configuration there is no relay
	}
	f, err := e.openFolder()
	if err != nil {
		return preview.Sent{}, err
	}
	defer f.close()
	s, err := e.specimenOf(f, c)
	if err != nil {
		return preview.Sent{}, err
	}
	s.to, s.test = to, true
	if s.signer, err = app.SignerOf(cfg); err != nil {
		return preview.Sent{}, unusableKey(err)
	}
	message, err := s.message()
	if err != nil {
		return preview.Sent{}, err
	}
	reply, err := submit(ctx, cfg, message)
	if err != nil {
		return preview.Sent{}, err
	}
	return preview.Sent{Message: message, Reply: replyText(reply)}, nil
}

// doubts returns what is doubtful about a campaign's calendar, as its folder is now.
func (e *env) doubts(c *drip.Campaign) []drip.Finding {
	f, err := e.openRoot()
	if err != nil {
		return nil // reading the folder says why
	}
	defer f.close()
	return campaignfile.Doubts(f.root.FS(), c, f.options)
}

// source returns what reads the files that findings name: below the two folders, and
// never out of them, not even by a symbolic link.
func (e *env) source(campaigns, templates string) func(string) ([]byte, error) {
	return func(file string) ([]byte, error) {
		cfg, err := e.files()
		if err != nil {
			return nil, err
		}
		dir, name := cfg.Campaigns, ""
		rest, ok := strings.CutPrefix(file, campaigns+"/")
		if name = rest; !ok {
			if rest, ok = strings.CutPrefix(file, templates+"/"); !ok || cfg.Templates == "" {
				return nil, os.ErrNotExist
			}
			dir, name = cfg.Templates, rest
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		return campaignfile.ReadText(root.FS(), path.Clean(name))
	}
}

// deskPeople looks people up in the database, if there is one by now.
type deskPeople struct{ env *env }

// observe opens the database for one question.
func (p deskPeople) observe(ctx context.Context, do func(*app.Observer) error) error {
	cfg, err := p.env.config()
	if err != nil {
		return err
	}
	o, err := app.Observe(ctx, app.Options{Config: cfg, Calendar: p.env.now})
	if err != nil {
		return err
	}
	if o.Store == nil {
		return errors.Join(drip.ErrNotFound, o.Close())
	}
	return errors.Join(do(o), o.Close())
}

// Subscriber implements [preview.People].
func (p deskPeople) Subscriber(ctx context.Context, id drip.SubscriberID) (who drip.Subscriber, err error) {
	err = p.observe(ctx, func(o *app.Observer) error {
		who, err = o.Store.Subscriber(ctx, id)
		return err
	})
	return who, err
}

// SubscriberByEmail implements [preview.People].
func (p deskPeople) SubscriberByEmail(ctx context.Context, address mailaddr.Address) (who drip.Subscriber, err error) {
	err = p.observe(ctx, func(o *app.Observer) error {
		who, err = o.Store.SubscriberByEmail(ctx, address)
		return err
	})
	return who, err
}

// Facts implements [preview.People].
func (p deskPeople) Facts(ctx context.Context, id drip.SubscriberID) (who segment.Facts, err error) {
	err = p.observe(ctx, func(o *app.Observer) error {
		list, err := o.Store.Facts(ctx, []drip.SubscriberID{id}, true)
		if err == nil {
			who = list[0]
		}
		return err
	})
	return who, err
}

// LastSent implements [preview.People].
func (p deskPeople) LastSent(ctx context.Context, campaign, issue string) (b compose.Bundle, at time.Time, err error) {
	err = p.observe(ctx, func(o *app.Observer) error {
		for _, record := range o.Records() {
			number, known := record.Issues[issue]
			if record.ID != campaign || !known {
				continue
			}
			list, err := o.Store.Log(ctx, store.LogFilter{
				Campaign: record.No, Issue: number, States: []drip.DeliveryState{drip.DeliverySent}, Limit: 1,
			})
			if err != nil || len(list) == 0 {
				return errors.Join(err, missingIf(err == nil))
			}
			data, err := o.Store.Content(ctx, list[0].Content)
			if err != nil {
				return err
			}
			at = list[0].SentAt.In(o.Config.Location())
			b, err = compose.DecodeBundle(data)
			return err
		}
		return drip.ErrNotFound
	})
	return b, at, err
}

func missingIf(missing bool) error {
	if missing {
		return drip.ErrNotFound
	}
	return nil
}
