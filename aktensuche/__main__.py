from aktensuche.cli import main

main()
