package audience

import (
	"context"

	"partwork/internal/drip"
	"partwork/internal/token"
)

// Language returns the language that the campaign of a link is written in, a tag of BCP
// 47 as its campaign.yaml has it. It is empty if the file says none, if the link was not
// signed for the purpose, and if nothing is known of it any more. It tells no topic.
// With token.Back, links of token.BackToEverything are meant as well.
func (a *Audience) Language(ctx context.Context, p token.Purpose, link string) string {
	e, err := a.behind(ctx, p, link)
	if err != nil {
		return ""
	}
	series, ok := a.series(e.Campaign)
	if !ok {
		return ""
	}
	return series.Campaign.Language
}

// behind returns the enrollment whose campaign a link is about, though it may not work
// any more.
func (a *Audience) behind(ctx context.Context, p token.Purpose, link string) (drip.Enrollment, error) {
	switch p {
	case token.Back:
		l, err := a.leaving(ctx, link)
		return l.Enrollment, err
	case token.Private, token.Move:
		n, err := a.signedNotice(ctx, p, link)
		if err != nil {
			return drip.Enrollment{}, err
		}
		return a.stores.Enrollment(ctx, n.Enrollment)
	}
	return a.enrollment(ctx, p, link)
}
