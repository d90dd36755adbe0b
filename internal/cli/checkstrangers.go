package cli

import (
	"context"

	"partwork/internal/app"
	"partwork/internal/campaignfile"
	"partwork/internal/drip"
	"partwork/internal/segment"
)

// strangers warns of tags, attributes and series in an only_if that nobody has. Files can be
// checked without a database: where there is none that can be read, nothing is known of
// people, and nothing is said.
func (e *env) strangers(ctx context.Context, f *folder) (found []drip.Finding) {
	var o *app.Observer
	for _, c := range f.library.Campaigns {
		for i := range c.Issues {
			if c.Issues[i].OnlyIf.Empty() {
				continue
			}
			if o == nil {
				var err error
				if o, err = app.Observe(ctx, app.Options{Config: f.cfg, Calendar: e.now}); err != nil {
					return nil
				}
				defer func() { _ = o.Close() }()
			}
			if o.Store == nil {
				return nil
			}
			list, err := o.Store.Strangers(ctx, c.Issues[i].OnlyIf)
			if err != nil {
				return found
			}
			for _, s := range list {
				if s.Field.Name == segment.FieldHad {
					continue // the files know better
				}
				problem, advice := strangeName(s)
				found = append(found, campaignfile.OnlyIfFinding(f.root.FS(), c, i, f.options, problem, advice))
			}
		}
	}
	return found
}
