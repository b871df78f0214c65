def tabs(
	a: int,
		b: int = 2,
):
	if a:
		for i in range(b):
			print(i)
	else:
        # a comment may be indented as it likes
		pass
	return {
"a": 1,
  "b": 2}
