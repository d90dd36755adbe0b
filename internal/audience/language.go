package audience

import (
	"context"

	"partwork/internal/token"
)

// Language returns the language that the campaign of a link is written in, a tag of BCP
// 47 as its campaign.yaml has it. It is empty if the file says none, if the link was not
// signed for the purpose, and if nothing is known of it any more. It tells no topic.
func (a *Audience) Language(ctx context.Context, p token.Purpose, link string) string {
	e, err := a.enrollment(ctx, p, link)
	if err != nil {
		return ""
	}
	series, ok := a.series(e.Campaign)
	if !ok {
		return ""
	}
	return series.Campaign.Language
}
