package store

import (
	"context"

	"partwork/internal/drip"
)

// Tags keeps the words that people are tagged with. A person's tags go with them when
// they are erased, and a tag that nobody has any more is forgotten.
type Tags interface {
	// Tag gives people tags and takes tags away, and returns how many people it
	// changed. What is both added and removed is removed. Numbers of nobody are left
	// out; a change that changes nothing writes nothing. The revision does not grow: whom
	// an issue is for is looked at when it is claimed, see Premise.
	Tag(ctx context.Context, change TagChange) (changed int, err error)
	// TagsOf returns the tags of a person, in the order of their names.
	TagsOf(ctx context.Context, id drip.SubscriberID) ([]drip.Tag, error)
	// AllTags returns every tag that somebody has, in the order of their names.
	AllTags(ctx context.Context) ([]TagCount, error)
}

// TagChange says who is given and loses which tags. The tags are as drip.ParseTag
// makes them.
type TagChange struct {
	People []drip.SubscriberID
	Add    []drip.Tag
	Remove []drip.Tag
}

// TagCount is a tag and how many people have it.
type TagCount struct {
	Tag    drip.Tag
	People int
}
