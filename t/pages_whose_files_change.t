use strict;
use warnings;

# A worker remembers how the files begin that are asked for most. A file that is changed in any way while it is known
# never makes a page of two versions.

use AepServer;
use AepTag;
use Test::More;
use Time::HiRes qw(sleep);

my $directory;

sub page {
    my ($version, $size) = @_;
    my $text = qq{<!doctype html><html lang="$version"><head><title>Shop $version</title></head><body>};
    return $text . substr "$version " x 20000, 0, $size - length $text;
}

sub write_file {
    my ($name, $text, $mode) = @_;
    open my $out, $mode // '>', "$directory/$name" or die "$name: $!";
    print $out $text;
    close $out or die "$name: $!";
    return;
}

sub set_time { my ($name) = @_; return utime 1000, 1_600_000_000, "$directory/$name" }

my $length = 40_000;

# What happens to page.html, which is of version aa, and of which version it is then.
my %change = (
    'nothing'               => [sub { },                                                       page('aa', $length)],
    'written in its place'  => [sub { write_file('page.html', page('bb', $length), '+<') },     page('bb', $length)],
    'written, and its time set back' =>
        [sub { write_file('page.html', page('bb', $length), '+<'); set_time('page.html') },     page('bb', $length)],
    'written from its start on' => [sub { write_file('page.html', page('bb', $length)) },       page('bb', $length)],
    'appended to'           => [sub { write_file('page.html', 'more', '>>') },                  page('aa', $length) . 'more'],
    'cut off'               => [sub { truncate "$directory/page.html", 20_000 },                page('aa', 20_000)],
    'touched'               => [sub { utime undef, undef, "$directory/page.html" },             page('aa', $length)],
    'replaced'              => [sub { rename "$directory/next.html", "$directory/page.html" },  page('bb', $length)],
    'of another release'    =>
        [sub { symlink 'release-2', "$directory/next" and rename "$directory/next", "$directory/release" },
            page('bb', $length)],
);

sub difference {
    my ($client, $path, $expected) = @_;
    my $body = AepTag::marked($client->get($path)->{body});
    return $body eq $expected =~ s/<head>/<head>[tag]/r ? () : "$path: " . substr $body, 0, 100;
}

sub start {
    my ($settings) = @_;
    my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, http => 'charset utf-8;',
        server => "location /page/ { alias html/; sendfile on; $settings }");
    $directory = $server->directory . '/html';
    mkdir $directory;
    return $server;
}

# Pages that nginx opens anew. All files are of the same time and size, as those of a reproducible build.
for my $name (sort keys %change) {
    my ($change, $expected) = @{ $change{$name} };
    my $server = start('');
    my $client = $server->client;
    mkdir "$directory/release-$_" for 1, 2;
    symlink 'release-1', "$directory/release";
    write_file('page.html',           page('aa', $length));
    write_file('next.html',           page('bb', $length));
    write_file('release-1/page.html', page('aa', $length));
    write_file('release-2/page.html', page('bb', $length));
    set_time($_) for qw(page.html next.html release-1/page.html release-2/page.html);
    sleep 2.2;    # what has just changed is not remembered

    my $path = $name eq 'of another release' ? '/page/release/page.html' : '/page/page.html';
    is_deeply([map { difference($client, $path, page('aa', $length)) } 1 .. 4], [], "a page that is then $name");
    $change->();
    is_deeply([map { difference($client, $path, $expected) } 1 .. 4], [], "it is $name");
    $server->quit;
    $server->is_clean("when it is $name");
}

# Pages that nginx keeps open, and does not look at again: what it has open is what leaves.
{
    my $server = start('open_file_cache max=10 inactive=1h; open_file_cache_valid 1h;');
    my $client = $server->client;
    for my $name (qw(written replaced)) {
        write_file("$name.html", page('aa', $length));
        write_file('next.html', page('bb', $length)) if $name eq 'replaced';
    }
    sleep 2.2;
    for my $name (qw(written replaced)) {
        my $path = "/page/$name.html";
        is_deeply([map { difference($client, $path, page('aa', $length)) } 1 .. 4], [], "open_file_cache: a page");
        $name eq 'written' ? write_file('written.html', page('bb', $length), '+<')
                           : rename "$directory/next.html", "$directory/replaced.html";
        my $expected = page($name eq 'written' ? 'bb' : 'aa', $length);
        is_deeply([map { difference($client, $path, $expected) } 1 .. 4], [], "open_file_cache: it is $name");
    }
    $server->quit;
    $server->is_clean('with open_file_cache');
}

# Pages that change all the time, sooner than the system's clock ticks.
{
    my $server = start('');
    my $client = $server->client;
    my @differences;
    for my $turn (1 .. 100) {
        my $version = sprintf '%02d', $turn % 100;
        write_file('page.html', page($version, $length), $turn == 1 ? '>' : '+<');
        set_time('page.html');
        push @differences, map { difference($client, '/page/page.html', page($version, $length)) } 1 .. 3;
    }
    is_deeply(\@differences, [], 'a page that changes all the time');
    $server->quit;
    $server->is_clean('with a page that changes all the time');
}

done_testing;
