"""How are videos found by words?

`words` says what a word is, `terms` what is looked for, `databases` how each database finds it, `finding` and
`ranking` which videos answer and in which order, `marks` where in their texts, `suggestions` what is offered while
somebody types. `index` keeps the words in the transaction that changes a video, its captions or its owner;
`rebuild` makes all of it anew.
"""
